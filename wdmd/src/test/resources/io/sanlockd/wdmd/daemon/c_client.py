"""A client of wdmd on the unmodified C library: c_client.py SECONDS

Registers, sets the refcount, asks for the status and promises SECONDS from now. Then it obeys the
lines on its standard input: "live SECONDS" promises anew, "bye" takes everything back and ends.
Results are lines on standard output.
"""

import ctypes
import sys
import time

wdmd = ctypes.CDLL("libwdmd.so.1")


def now():
    return int(time.clock_gettime(time.CLOCK_MONOTONIC))


def live(fd, renewal, expire):
    return wdmd.wdmd_test_live(fd, ctypes.c_uint64(renewal), ctypes.c_uint64(expire))


def say(*words):
    print(*words, flush=True)


fd = wdmd.wdmd_connect()
if fd < 0:
    say("connect", fd)
    sys.exit(1)
say("register", wdmd.wdmd_register(fd, b"sanlock_LE:1"))
say("refcount", wdmd.wdmd_refcount_set(fd))
interval, fire, last = ctypes.c_int(), ctypes.c_int(), ctypes.c_uint64()
rv = wdmd.wdmd_status(fd, ctypes.byref(interval), ctypes.byref(fire), ctypes.byref(last))
say("status", rv, interval.value, fire.value, now() - last.value)
expire = now() + int(sys.argv[1])
say("live", live(fd, now(), expire), expire)
for line in sys.stdin:
    words = line.split()
    if words[0] == "live":
        expire = now() + int(words[1])
        say("live", live(fd, now(), expire), expire)
    else:
        say("bye", live(fd, 0, 0), wdmd.wdmd_refcount_clear(fd))
        break
