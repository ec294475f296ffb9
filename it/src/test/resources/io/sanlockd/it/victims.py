# Processes that hold leases and tell what is done to them.
# Arguments: a file for the events, and as JSON a list with one object for each process:
#   leases      list of [lockspace, path, area]: makes and takes "rAREA" in the area of 1 MiB
#   restrict    flags of RESTRICT, 0 for none
#   killpath    program and arguments, or null
#   killpid     whether the program gets the pid as its last argument
#   terms       SIGTERMs it survives; -1 for all
#   closes      whether it closes its connection at the first SIGTERM
#   stuck       a file whose first read does not return, or null: then the process can not be killed
# Events are lines "NANOSECONDS INDEX PID EVENT", of CLOCK_MONOTONIC: ready, term, exit STATUS
# (negative: the signal).
import ctypes
import json
import os
import signal
import struct
import sys
import time

import sanlock

REGISTERED = 0xFFFFFFFF
RESTRICT = 10
KILLPATH = 17
MIB = 1 << 20

events = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
libc = ctypes.CDLL(None)


def event(index, pid, text):
    line = "%d %d %d %s\n" % (time.clock_gettime_ns(time.CLOCK_MONOTONIC), index, pid, text)
    os.write(events, line.encode())


def command(fd, number, flags, payload=b""):
    header = struct.pack(
        "<8I", 0x04282010, 1, number, flags, 32 + len(payload), 0, 0, REGISTERED
    )
    os.write(fd, header + payload)
    result = struct.unpack("<8i", os.read(fd, 32))[6]
    assert result == 0, (number, result)


def live(index, spec):
    # Nobody shall outlive the test.
    libc.prctl(1, signal.SIGKILL)
    terms = spec["terms"]
    fd = sanlock.register()

    def on_term(number, frame):
        nonlocal terms
        event(index, os.getpid(), "term")
        if spec["closes"]:
            os.close(fd)
            spec["closes"] = False
        if terms == 0:
            os._exit(0)
        terms -= 1

    if terms != 0 or spec["closes"]:
        signal.signal(signal.SIGTERM, on_term)
    if spec["killpath"]:
        path, *arguments = spec["killpath"]
        payload = struct.pack("128s128s", path.encode(), " ".join(arguments).encode())
        command(fd, KILLPATH, 1 if spec["killpid"] else 0, payload)
    if spec["restrict"]:
        command(fd, RESTRICT, spec["restrict"])
    for lockspace, path, area in spec["leases"]:
        sanlock.acquire(
            lockspace.encode(), b"r%d" % area, [(path, area * MIB)], slkfd=fd
        )
    event(index, os.getpid(), "ready")
    if spec["stuck"]:
        os.pread(os.open(spec["stuck"], os.O_RDONLY), 512, 0)
    while True:
        signal.pause()


def main():
    specs = json.loads(sys.argv[2])
    children = {}
    for lockspace, path, area in {tuple(l) for spec in specs for l in spec["leases"]}:
        sanlock.write_resource(lockspace.encode(), b"r%d" % area, [(path, area * MIB)])
    for index, spec in enumerate(specs):
        pid = os.fork()
        if pid == 0:
            try:
                live(index, spec)
            finally:
                sys.stderr.flush()
                os._exit(99)
        children[pid] = index
    while children:
        pid, status = os.wait()
        event(children.pop(pid), pid, "exit %d" % os.waitstatus_to_exitcode(status))


main()
