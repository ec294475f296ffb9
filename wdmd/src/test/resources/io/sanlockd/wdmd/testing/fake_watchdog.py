#!/usr/bin/python3
"""A watchdog device as a file of a FUSE file system.

  fake_watchdog.py DIRECTORY [timeout=60] [min=1] [max=65535] [nowayout=0]

mounts itself on DIRECTORY, which then holds the file "watchdog". The file behaves as the kernel
documents a watchdog device: one opener at a time, opening arms it, KEEPALIVE, SETTIMEOUT and any
write ping it, closing it disarms it if the last write held a V and nowayout is 0, and otherwise
pings once more and lets it count on. It also notices the close of a process that was killed.

Every operation is one line on standard output: nanoseconds of CLOCK_MONOTONIC, what, a number.
The line "0 ready 0" comes when the file is there. The end of standard input ends the program.
A line on standard input "fail NAME ERRNO" makes the operations NAME (open, keepalive, settimeout,
gettimeout, write) fail from then on; errno 0 ends that. The line is answered by "T failing ERRNO".
"""

import ctypes
import errno
import os
import stat
import sys
import threading
import time

from fusepy import FUSE, FuseOSError, Operations

KEEPALIVE = 0x80045705
SETTIMEOUT = 0xC0045706
GETTIMEOUT = 0x80045707
NAME = "/watchdog"


class Watchdog(Operations):
    def __init__(self, settings):
        self.timeout = settings["timeout"]
        self.minimum = settings["min"]
        self.maximum = settings["max"]
        self.nowayout = settings["nowayout"]
        self.state = threading.Condition()
        self.is_open = False
        self.closing = False
        self.magic = False
        self.failing = {}

    def log(self, what, number=0):
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        sys.stdout.write("%d %s %d\n" % (now, what, number))
        sys.stdout.flush()

    def fail_if_told(self, what):
        number = self.failing.get(what, 0)
        if number:
            self.log(what + "_failed", number)
            raise FuseOSError(number)

    # The file system around the file.

    def init(self, path):
        self.log_ready()

    def log_ready(self):
        sys.stdout.write("0 ready 0\n")
        sys.stdout.flush()

    def getattr(self, path, fh=None):
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        if path == NAME:
            return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": 0}
        raise FuseOSError(errno.ENOENT)

    def readdir(self, path, fh):
        return [".", "..", NAME[1:]]

    def truncate(self, path, length, fh=None):
        pass

    # The device.

    def open(self, path, flags):
        with self.state:
            # The kernel tells of a close a little later than close() returns.
            if self.is_open and self.closing:
                self.state.wait_for(lambda: not self.is_open, 1)
            if self.is_open:
                self.log("busy", errno.EBUSY)
                raise FuseOSError(errno.EBUSY)
            self.fail_if_told("open")
            self.is_open = True
            self.closing = False
            self.magic = False
            self.log("open", self.timeout)
        return 1

    def ioctl(self, path, cmd, arg, fip, flags, data):
        cmd &= 0xFFFFFFFF
        with self.state:
            if cmd == KEEPALIVE:
                self.fail_if_told("keepalive")
                self.log("keepalive")
            elif cmd == GETTIMEOUT:
                self.fail_if_told("gettimeout")
                self.log("gettimeout", self.timeout)
                ctypes.cast(data, ctypes.POINTER(ctypes.c_int))[0] = self.timeout
            elif cmd == SETTIMEOUT:
                self.fail_if_told("settimeout")
                wanted = ctypes.cast(data, ctypes.POINTER(ctypes.c_int))[0]
                if not self.minimum <= wanted <= self.maximum:
                    self.log("settimeout_failed", wanted)
                    raise FuseOSError(errno.EINVAL)
                self.timeout = wanted
                self.log("settimeout", wanted)
                ctypes.cast(data, ctypes.POINTER(ctypes.c_int))[0] = self.timeout
            else:
                raise FuseOSError(errno.ENOTTY)
        return 0

    def write(self, path, data, offset, fh):
        with self.state:
            self.fail_if_told("write")
            self.magic = b"V" in data
            self.log("write", data[-1] if data else 0)
        return len(data)

    def flush(self, path, fh):
        with self.state:
            self.closing = True

    def release(self, path, fh):
        with self.state:
            clean = self.magic and not self.nowayout
            self.log("close_clean" if clean else "close_unclean")
            self.is_open = False
            self.closing = False
            self.state.notify_all()


def obey(watchdog):
    for line in sys.stdin:
        words = line.split()
        if len(words) == 3 and words[0] == "fail":
            with watchdog.state:
                watchdog.failing[words[1]] = int(words[2])
                watchdog.log("failing", int(words[2]))
    os.system("umount -l '%s'" % sys.argv[1])
    os._exit(0)


def main():
    settings = {"timeout": 60, "min": 1, "max": 65535, "nowayout": 0}
    for word in sys.argv[2:]:
        key, value = word.split("=")
        settings[key] = int(value)
    watchdog = Watchdog(settings)
    threading.Thread(target=obey, args=(watchdog,), daemon=True).start()
    FUSE(
        watchdog,
        sys.argv[1],
        foreground=True,
        direct_io=True,
        fsname="fake-watchdog",
    )


main()
