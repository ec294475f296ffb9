# A life of a lockspace and a lease through the Python binding of the C library.
# Arguments: path of the disk. Prints what it saw as JSON; fails with an exception.
import errno
import json
import os
import sys
import time

import sanlock

path = sys.argv[1]
MIB = 1048576
disks = [(path, MIB)]
seen = {}

sanlock.write_lockspace(b"ls", path, offset=0, iotimeout=1)
sanlock.write_resource(b"ls", b"r1", disks)
seen["read_lockspace"] = sanlock.read_lockspace(path, 0)
seen["read_resource"] = sanlock.read_resource(path, MIB)

seen["inq_before"] = sanlock.inq_lockspace(b"ls", 1, path, 0)
sanlock.add_lockspace(b"ls", 1, path, offset=0, iotimeout=1)
seen["inq_joined"] = sanlock.inq_lockspace(b"ls", 1, path, 0)
seen["lockspaces"] = sanlock.get_lockspaces()
while "host" not in seen:
    try:
        seen["host"] = sanlock.get_hosts(b"ls", 1)
    except sanlock.SanlockException as e:
        # The daemon has not looked at the hosts yet.
        if e.errno != errno.EAGAIN:
            raise
        time.sleep(0.1)

fd = sanlock.register()
sanlock.acquire(b"ls", b"r1", disks, slkfd=fd)
seen["held_by_fd"] = sanlock.inquire(slkfd=fd)
seen["held_by_pid"] = sanlock.inquire(pid=os.getpid())
try:
    sanlock.acquire(b"ls", b"r1", disks, slkfd=fd)
except sanlock.SanlockException as e:
    seen["second_acquire"] = e.errno
sanlock.release(b"ls", b"r1", disks, slkfd=fd)
seen["held_after"] = sanlock.inquire(slkfd=fd)
try:
    sanlock.acquire(b"ls", b"missing", [(path, 2 * MIB)], slkfd=fd)
except sanlock.SanlockException as e:
    seen["acquire_missing"] = e.errno
os.close(fd)

sanlock.rem_lockspace(b"ls", 1, path, 0)
seen["inq_after"] = sanlock.inq_lockspace(b"ls", 1, path, 0)


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError(value)


print(json.dumps(seen, default=plain))
