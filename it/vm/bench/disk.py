"""The shared disk as seen from outside: an observer that needs no word of any daemon.

The layout of the records is section 4 of the specification of the disk format.
"""

import collections
import os
import struct
import subprocess
import threading
import time

MIB = 1 << 20
SECTOR = 512
RESOURCE_OFFSET = MIB
REGION_BYTES = 16 * MIB  # host N writes its blocks from N x 16 MiB on (guest/user)
HOSTS = (1, 2)
POLL_SECONDS = 0.1

# A change happened after the moment "before", when it was not there yet, and not after "seen".
Change = collections.namedtuple("Change", "before seen value")
Owner = collections.namedtuple("Owner", "host_id generation lver")


class SharedDisk:
    """A file with a lockspace "vm" and a resource "vm:res", watched by a thread."""

    def __init__(self, path, io_timeout):
        self.path = path
        self._changed = threading.Condition()
        self._renewals = {host: [] for host in HOSTS}
        self._owners = []
        self._blocks = {host: [] for host in HOSTS}
        self._stopped = False
        with open(path, "wb") as file:
            file.truncate((max(HOSTS) + 1) * REGION_BYTES)
        for area in (["-s", f"vm:0:{path}:0"], ["-r", f"vm:res:{path}:{RESOURCE_OFFSET}"]):
            subprocess.run(["sanlock", "direct", "init", *area, "-o", str(io_timeout)], check=True,
                           stdout=subprocess.DEVNULL)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self):
        self._stopped = True
        self._thread.join()

    def last_renewal(self, host_id):
        """The last change of the timestamp in the delta lease of a host."""
        with self._changed:
            return self._renewals[host_id][-1]

    def last_block(self, host_id):
        """The last block that the process of a host wrote, or None."""
        with self._changed:
            return self._blocks[host_id][-1] if self._blocks[host_id] else None

    def wait_for_owner(self, host_id, deadline):
        """Waits until the resource belongs to a host; returns the change, or None."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._owners and self._owners[-1].value.host_id == host_id,
                max(0, deadline - time.monotonic()))
            if self._owners and self._owners[-1].value.host_id == host_id:
                return self._owners[-1]
            return None

    def wait_for_blocks(self, host_id, deadline):
        """Waits until the process of a host has written something."""
        with self._changed:
            return self._changed.wait_for(lambda: self._blocks[host_id], max(0, deadline - time.monotonic()))

    def _watch(self):
        timestamps = dict.fromkeys(HOSTS, 0)
        counts = dict.fromkeys(HOSTS, 0)
        owner = Owner(0, 0, 0)
        before = time.monotonic()
        with open(self.path, "rb") as file:
            while not self._stopped:
                # What this round does not see was not there at its begin.
                begin = time.monotonic()
                for host in HOSTS:
                    timestamp = self._read_timestamp(file, host)
                    count = self._count_blocks(file, host, counts[host])
                    now = time.monotonic()
                    with self._changed:
                        if timestamp != timestamps[host]:
                            self._renewals[host].append(Change(before, now, timestamp))
                        if count != counts[host]:
                            self._blocks[host].append(Change(before, now, count))
                        self._changed.notify_all()
                    timestamps[host] = timestamp
                    counts[host] = count
                found = self._read_owner(file)
                if found != owner:
                    with self._changed:
                        self._owners.append(Change(before, time.monotonic(), found))
                        self._changed.notify_all()
                    owner = found
                before = begin
                time.sleep(POLL_SECONDS)

    @staticmethod
    def _read_timestamp(file, host):
        return struct.unpack_from("<Q", os.pread(file.fileno(), SECTOR, (host - 1) * SECTOR), 152)[0]

    @staticmethod
    def _read_owner(file):
        sector = os.pread(file.fileno(), SECTOR, RESOURCE_OFFSET)
        (timestamp,) = struct.unpack_from("<Q", sector, 152)
        return Owner(*struct.unpack_from("<QQQ", sector, 32)) if timestamp else Owner(0, 0, 0)

    @staticmethod
    def _count_blocks(file, host, count):
        while os.pread(file.fileno(), 1, host * REGION_BYTES + count * SECTOR) == b"h":
            count += 1
        return count
