# A management daemon of libvirt: loads libvirt's real lock driver plug-in for sanlock and uses its
# table of functions (consumers.md 12). One request in a line of standard input, a JSON array of a
# function below and its arguments; one JSON answer in a line.
import ctypes
import glob
import json
import os
import sys
import time

VIRT = ctypes.CDLL("libvirt.so.0", mode=ctypes.RTLD_GLOBAL)
DRIVER = ctypes.CDLL(glob.glob("/usr/lib/*/libvirt/lock-driver/sanlock.so")[0],
                     mode=ctypes.RTLD_GLOBAL)
VIRT.virGetLastErrorMessage.restype = ctypes.c_char_p
TYPE_STRING, TYPE_CSTRING, TYPE_UINT, TYPE_ULONG, TYPE_UUID = 0, 1, 4, 5, 7
FRESH = 1
REGISTER_ONLY, RESTRICT = 1, 2
KINDS = {"disk": 0, "lease": 1}
UUID = bytes(range(1, 17))


class Value(ctypes.Union):
    _fields_ = [("text", ctypes.c_char_p), ("uint", ctypes.c_uint), ("ulong", ctypes.c_ulonglong),
                ("uuid", ctypes.c_ubyte * 16)]


class Param(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("key", ctypes.c_char_p), ("value", Value)]


class Manager(ctypes.Structure):
    _fields_ = [("driver", ctypes.c_void_p), ("private", ctypes.c_void_p)]


UINT, POINTER = ctypes.c_uint, ctypes.c_void_p


class Table(ctypes.Structure):
    _fields_ = [
        ("version", UINT), ("flags", UINT),
        ("init", ctypes.CFUNCTYPE(ctypes.c_int, UINT, ctypes.c_char_p, UINT)),
        ("deinit", ctypes.CFUNCTYPE(ctypes.c_int)),
        ("new", ctypes.CFUNCTYPE(ctypes.c_int, POINTER, UINT, ctypes.c_size_t, POINTER, UINT)),
        ("free", ctypes.CFUNCTYPE(None, POINTER)),
        ("add", ctypes.CFUNCTYPE(ctypes.c_int, POINTER, UINT, ctypes.c_char_p, ctypes.c_size_t,
                                 POINTER, UINT)),
        ("acquire", ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.c_char_p, UINT, ctypes.c_int,
                                     POINTER)),
        ("release", ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.POINTER(ctypes.c_char_p), UINT)),
        ("inquire", ctypes.CFUNCTYPE(ctypes.c_int, POINTER, ctypes.POINTER(ctypes.c_char_p),
                                     UINT)),
    ]


assert VIRT.virInitialize() == 0
TABLE = Table.in_dll(DRIVER, "virLockDriverImpl")


def outcome(result):
    message = VIRT.virGetLastErrorMessage() if result < 0 else b""
    VIRT.virResetLastError()
    return {"result": result, "error": (message or b"").decode()}


def init(configuration):
    return outcome(TABLE.init(TABLE.version, configuration.encode(), 0))


def param(kind, key, value):
    p = Param()
    p.type = kind
    p.key = key
    if kind == TYPE_UUID:
        ctypes.memmove(p.value.uuid, value, 16)
    elif kind == TYPE_UINT:
        p.value.uint = value
    elif kind == TYPE_ULONG:
        p.value.ulong = value
    else:
        p.value.text = value
    return p


def manager(pid, name, things, flags):
    """A lock manager object for a guest with its disks and leases."""
    m = Manager(ctypes.addressof(TABLE), None)
    params = (Param * 5)(param(TYPE_UUID, b"uuid", UUID), param(TYPE_STRING, b"name", name.encode()),
                         param(TYPE_UINT, b"id", 1), param(TYPE_UINT, b"pid", pid),
                         param(TYPE_CSTRING, b"uri", b"test:///default"))
    m.keep = params
    if TABLE.new(ctypes.addressof(m), 0, len(params), ctypes.addressof(params), flags) < 0:
        raise RuntimeError(str(outcome(-1)))
    for kind, thing, *place in things:
        lease = (Param * 3)()
        count = 0
        if kind == "lease":
            lockspace, path, offset = place
            lease[0] = param(TYPE_STRING, b"path", path.encode())
            lease[1] = param(TYPE_ULONG, b"offset", offset)
            lease[2] = param(TYPE_STRING, b"lockspace", lockspace.encode())
            count = 3
        added = TABLE.add(ctypes.addressof(m), KINDS[kind], thing.encode(), count,
                          ctypes.addressof(lease) if count else None, 0)
        if added < 0:
            return None, outcome(added)
    return m, None


def guest(name, things, action):
    """The child that becomes the guest: registers only, is restricted, execs; its pid."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        m, failure = manager(os.getpid(), name, things, FRESH)
        if m:
            fd = ctypes.c_int(-1)
            failure = outcome(TABLE.acquire(ctypes.addressof(m), None, REGISTER_ONLY | RESTRICT,
                                            action, ctypes.addressof(fd)))
            if failure["result"] == 0:
                os.set_inheritable(fd.value, True)
        os.write(write, json.dumps(failure).encode())
        if failure["result"] < 0:
            os._exit(1)
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        # Whoever waits for the end of the tests' output would wait for a guest that outlives them.
        os.dup2(null, 2)
        os.execv("/bin/sleep", ["sleep", "1000"])
    os.close(write)
    answer = json.loads(os.read(read, 4096))
    os.close(read)
    answer["pid"] = child
    return answer


def acquire(pid, name, things, state):
    m, failure = manager(pid, name, things, 0)
    if failure:
        return failure
    return outcome(TABLE.acquire(ctypes.addressof(m), state.encode() if state else None, 0, 0, None))


def release(pid, name, things):
    m, failure = manager(pid, name, things, 0)
    if failure:
        return failure
    state = ctypes.c_char_p()
    answer = outcome(TABLE.release(ctypes.addressof(m), ctypes.byref(state), 0))
    answer["state"] = (state.value or b"").decode()
    return answer


def inquire(pid, name, things):
    m, failure = manager(pid, name, things, 0)
    if failure:
        return failure
    state = ctypes.c_char_p()
    answer = outcome(TABLE.inquire(ctypes.addressof(m), ctypes.byref(state), 0))
    answer["state"] = (state.value or b"").decode()
    return answer


def kill(pid):
    """Kills a guest and gives the time that it took to end."""
    start = time.monotonic()
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return time.monotonic() - start


for line in sys.stdin:
    function, *arguments = json.loads(line)
    print(json.dumps(globals()[function](*arguments)), flush=True)
