# One of several processes that take turns, by a lease, to count on a shared disk.
# Arguments: number of its host, path, offset of the lease, offset of the counter, and the goals: how
# often all have counted, and how often the lease went from one host to another.
# Prints as JSON how often it counted and which refusals it met.
import collections
import json
import mmap
import os
import random
import struct
import sys
import time

import sanlock

host, path = int(sys.argv[1]), sys.argv[2]
lease, counter, counts_goal, handovers_goal = map(int, sys.argv[3:])
disks = [(path, lease)]
# Held by another host (243..245, 247), lost a ballot (212, 213), held or in work on this host.
BUSY = {-243, -244, -245, -247, -212, -213, 11, 16, 17}
# The disk was silent for an io_timeout, which is no fault of the lock: reading or writing failed.
STALLED = {-202, -210, -211, -220, -221}

disk = os.open(path, os.O_RDWR | os.O_DIRECT | os.O_SYNC)
block = mmap.mmap(-1, 4096)
me = os.getpid()


def read():
    assert os.preadv(disk, [block], counter) == 4096
    return struct.unpack_from("<QQQQ", block)


def write(count, writer, last_host, handovers):
    struct.pack_into("<QQQQ", block, 0, count, writer, last_host, handovers)
    assert os.pwritev(disk, [block], counter) == 4096


fd = sanlock.register()
counted = 0
refusals = collections.Counter()
count = handovers = 0
while count < counts_goal or handovers < handovers_goal:
    try:
        sanlock.acquire(b"ls", b"r1", disks, slkfd=fd)
    except sanlock.SanlockException as e:
        if e.errno not in BUSY | STALLED:
            raise
        refusals[e.errno] += 1
        time.sleep(random.uniform(0.001, 0.01))
        continue
    count, writer, last_host, handovers = read()
    assert writer == 0, "process %d is inside, too" % writer
    write(count, me, last_host, handovers)
    assert read() == (count, me, last_host, handovers), "somebody else wrote"
    count += 1
    handovers += last_host not in (0, host)
    write(count, 0, host, handovers)
    counted += 1
    try:
        sanlock.release(b"ls", b"r1", disks, slkfd=fd)
    except sanlock.SanlockException as e:
        # The daemon goes on with the release.
        if e.errno not in STALLED:
            raise
    time.sleep(random.uniform(0, 0.01))

print(json.dumps({"counted": counted, "refusals": refusals}))
