# A process of a consumer: calls the C library, libsanlock_client, as it is told on standard input.
# One request in a line, a JSON array of a function below and its arguments; one JSON answer in a
# line. Structures are those of protocol.md 3.
import ctypes
import json
import os
import struct
import subprocess
import sys

LIB = ctypes.CDLL("libsanlock_client.so.1")
LIB.sanlock_strerror.restype = ctypes.c_char_p
DISK = struct.Struct("<1024sQII")
RESOURCE = struct.Struct("<48s48sQQIIII")
LOCKSPACE = struct.Struct("<48sQI4x")
HOST = struct.Struct("<QQQII")
EVENT = struct.Struct("<QQQQ")
SHARED = 4
fd = -1
event_fds = {}


def text(name):
    return name.split(b"\0")[0].decode()


def unsigned(value):
    return ctypes.c_uint32(value)


def resource(spec):
    """[lockspace, name, path or paths, offset, flags, lver, num_hosts] as struct sanlk_resource."""
    lockspace, name, path, offset, flags, lver, *num_hosts = spec
    paths = path if isinstance(path, list) else [path]
    data = RESOURCE.pack(lockspace.encode(), name.encode(), lver, 0, *(num_hosts or [0]), 0, flags,
                         len(paths))
    data += b"".join(DISK.pack(p.encode(), offset, 0, 0) for p in paths)
    return ctypes.create_string_buffer(data, len(data))


def resources(specs):
    structs = [resource(spec) for spec in specs]
    array = (ctypes.c_void_p * max(1, len(structs)))(*[ctypes.addressof(s) for s in structs])
    array.keep = structs
    return array


def lockspace(spec):
    """[name, host_id, path, offset, flags] as struct sanlk_lockspace."""
    name, host_id, path, offset, flags = spec
    data = LOCKSPACE.pack(name.encode(), host_id, flags) + DISK.pack(path.encode(), offset, 0, 0)
    return ctypes.create_string_buffer(data, len(data))


def version():
    return LIB.sanlock_version(0, ctypes.byref(unsigned(0)), ctypes.byref(unsigned(0)))


def register():
    global fd
    fd = LIB.sanlock_register()
    return fd


def close():
    os.close(fd)
    return 0


def restrict(flags):
    return LIB.sanlock_restrict(fd, flags)


def killpath(flags, path, args):
    return LIB.sanlock_killpath(fd, flags, path.encode(), args.encode())


def target(pid):
    """pid 0: the own connection."""
    return (fd, -1) if pid == 0 else (-1, pid)


def acquire(pid, flags, specs, owner):
    options = ctypes.create_string_buffer(struct.pack("<48sII", owner.encode(), 0, 0), 56)
    sock, number = target(pid)
    return LIB.sanlock_acquire(sock, number, flags, len(specs), resources(specs), options)


def release(pid, flags, specs):
    sock, number = target(pid)
    return LIB.sanlock_release(sock, number, flags, len(specs), resources(specs))


def inquire(pid):
    sock, number = target(pid)
    count = ctypes.c_int(0)
    state = ctypes.c_char_p()
    result = LIB.sanlock_inquire(sock, number, 0, ctypes.byref(count), ctypes.byref(state))
    return {"result": result, "count": count.value, "state": (state.value or b"").decode()}


def state_to_args(state):
    count = ctypes.c_int(0)
    array = ctypes.c_void_p()
    result = LIB.sanlock_state_to_args(
        ctypes.create_string_buffer(state.encode()), ctypes.byref(count), ctypes.byref(array))
    return {"result": result, "count": count.value}


def convert(flags, spec):
    return LIB.sanlock_convert(fd, -1, flags, resource(spec))


def request(flags, mode, spec):
    return LIB.sanlock_request(flags, mode, resource(spec))


def set_lvb(spec, hexadecimal):
    data = bytes.fromhex(hexadecimal)
    return LIB.sanlock_set_lvb(0, resource(spec), data, len(data))


def get_lvb(spec, length):
    data = ctypes.create_string_buffer(length)
    result = LIB.sanlock_get_lvb(0, resource(spec), data, length)
    return {"result": result, "lvb": data.raw.hex()}


def add(spec, flags, io_timeout):
    return LIB.sanlock_add_lockspace_timeout(lockspace(spec), flags, io_timeout)


def inq(spec, flags):
    return LIB.sanlock_inq_lockspace(lockspace(spec), flags)


def rem(spec, flags):
    return LIB.sanlock_rem_lockspace(lockspace(spec), flags)


def lockspaces():
    array = ctypes.c_void_p()
    count = ctypes.c_int(0)
    result = LIB.sanlock_get_lockspaces(ctypes.byref(array), ctypes.byref(count), 0)
    size = LOCKSPACE.size + DISK.size
    data = ctypes.string_at(array, count.value * size) if count.value else b""
    return {"result": result,
            "names": [text(data[i * size:i * size + 48]) for i in range(count.value)]}


def hosts(name, host_id, flags):
    array = ctypes.c_void_p()
    count = ctypes.c_int(0)
    result = LIB.sanlock_get_hosts(name.encode(), ctypes.c_uint64(host_id), ctypes.byref(array),
                                   ctypes.byref(count), flags)
    data = ctypes.string_at(array, count.value * HOST.size) if array.value else b""
    records = [HOST.unpack_from(data, i * HOST.size) for i in range(len(data) // HOST.size)]
    return {"result": result,
            "hosts": [{"id": h[0], "generation": h[1], "timestamp": h[2], "io_timeout": h[3],
                       "flags": h[4]} for h in records]}


def align(path):
    return LIB.sanlock_align(ctypes.create_string_buffer(DISK.pack(path.encode(), 0, 0, 0)))


def write_lockspace(spec, io_timeout):
    return LIB.sanlock_write_lockspace(lockspace(spec), 0, 0, io_timeout)


def read_lockspace(spec):
    data = lockspace(spec)
    io_timeout = unsigned(0)
    result = LIB.sanlock_read_lockspace(data, 0, ctypes.byref(io_timeout))
    name, host_id, flags = LOCKSPACE.unpack_from(data.raw)
    return {"result": result, "name": text(name), "flags": flags, "io_timeout": io_timeout.value}


def write_resource(spec):
    return LIB.sanlock_write_resource(resource(spec), 0, 0, 0)


def write_slots(spec, first, last, step):
    """Writes slots until one fails; how many were written, and the result of the last."""
    for slot in range(first, last):
        spec[3] = slot * step
        result = write_resource(spec)
        if result < 0:
            return {"written": slot - first, "result": result}
    return {"written": last - first, "result": 0}


def read_resource(spec):
    data = resource(spec)
    result = LIB.sanlock_read_resource(data, 0)
    fields = RESOURCE.unpack_from(data.raw)
    return {"result": result, "lockspace": text(fields[0]), "name": text(fields[1]),
            "lver": fields[2], "flags": fields[6]}


def owners(spec):
    array = ctypes.c_void_p()
    count = ctypes.c_int(0)
    result = LIB.sanlock_read_resource_owners(resource(spec), 0, ctypes.byref(array),
                                              ctypes.byref(count))
    data = ctypes.string_at(array, count.value * HOST.size) if array.value else b""
    return {"result": result, "owners": [HOST.unpack_from(data, i * HOST.size)[:2]
                                         for i in range(len(data) // HOST.size)]}


def set_config(name, value):
    return LIB.sanlock_set_config(name.encode(), 0, value, None)


def event(host_id=0, generation=0, bits=0, data=0):
    return ctypes.create_string_buffer(EVENT.pack(host_id, generation, bits, data), EVENT.size)


def reg_event(name):
    result = LIB.sanlock_reg_event(name.encode(), event(), 0)
    event_fds[name] = result
    return result


def set_event(name, host_id, generation, bits, flags):
    return LIB.sanlock_set_event(name.encode(), event(host_id, generation, bits), flags)


def get_event(name):
    received = event()
    from_id = ctypes.c_uint64(0)
    from_generation = ctypes.c_uint64(0)
    result = LIB.sanlock_get_event(event_fds[name], 0, received, ctypes.byref(from_id),
                                   ctypes.byref(from_generation))
    host_id, generation, bits, data = EVENT.unpack(received.raw)
    return {"result": result, "bits": bits, "from_id": from_id.value,
            "from_generation": from_generation.value}


def end_event(name):
    return LIB.sanlock_end_event(event_fds.pop(name), name.encode(), 0)


def strerror(result):
    return LIB.sanlock_strerror(result).decode()


def fork_sleep():
    """A child that keeps the registered descriptor and never speaks; its pid."""
    os.set_inheritable(fd, True)
    child = subprocess.Popen(["/bin/sleep", "1000"], pass_fds=[fd], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return child.pid


def become_sleep():
    """The process becomes a program that never speaks, as QEMU does."""
    os.set_inheritable(fd, True)
    print(json.dumps(0), flush=True)
    os.execv("/bin/sleep", ["sleep", "1000"])


for line in sys.stdin:
    name, *arguments = json.loads(line)
    print(json.dumps(globals()[name](*arguments)), flush=True)
