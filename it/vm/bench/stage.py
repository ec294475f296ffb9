"""The stage of one scenario: its hosts, the disk they share, and the expectations all have in common."""

import threading
import time

from .disk import SharedDisk
from .host import Host
from .machine import Machine
from .scenarios import PATIENCE, Failure, W, check

BOOT_SECONDS = 240

# A machine that starts keeps a core busy; more of them at once would only delay those that run.
_starting = threading.Semaphore(2)


class Stage:
    """Made for one case and closed after it. say() reports progress."""

    def __init__(self, case, directory, image, accelerator, io_timeout, say):
        self.say = say
        self.lost_after = 8 * io_timeout
        self.machines = []
        self.case = case
        self._directory = directory
        self._image = image
        self._accelerator = accelerator
        self._io_timeout = io_timeout
        self.disk = SharedDisk(directory / "disk", io_timeout)

    def close(self):
        for machine in self.machines:
            machine.stop()
        self.disk.stop()

    def host(self, host_id, watchdog=None):
        """Host 1 runs what the case says, host 2 what the case calls the rival."""
        machine = Machine(f"host{host_id}", self._directory, self._image, self._accelerator)
        machine.watchdog = watchdog or self.case.watchdog
        self.machines.append(machine)
        programs = (self.case.sanlock, self.case.wdmd) if host_id == 1 else (self.case.rival, self.case.rival)
        return Host(machine, host_id, *programs, self._io_timeout)

    def boot(self, host):
        with _starting:
            self._power_on(host)

    def _power_on(self, host):
        host.machine.start(self.disk.path, host.machine.watchdog)
        host.machine.wait_for_boot(1, BOOT_SECONDS)

    def begin(self, *hosts):
        """Boots hosts, starts their daemons and lets them join the lockspace."""
        for host in hosts:
            with _starting:
                self._power_on(host)
                host.start_wdmd()
                host.start_sanlock()
                host.join()
            self.say(f"host {host.host_id} is in the lockspace")

    def writer_and_rival(self):
        """Host 1 writes under its lease, host 2 asks for it in vain for some seconds."""
        host, other = self.host(1), self.host(2)
        self.begin(host, other)
        host.hold("write")
        check(self.disk.wait_for_owner(1, time.monotonic() + PATIENCE), "the lease was not acquired")
        check(self.disk.wait_for_blocks(1, time.monotonic() + PATIENCE), "the process does not write")
        other.want()
        time.sleep(2 * self._io_timeout + 4)
        check(self.disk.wait_for_owner(1, 0), "the rival got the lease of a living host")
        return host, other

    def expect_reset(self, host):
        """The watchdog resets the host not later than 8 x io + W after its last renewal."""
        limit = self.lost_after + W
        reset = host.machine.wait_for_reset(time.monotonic() + limit + 10)
        age = (reset[0] if reset else time.monotonic()) - self.disk.last_renewal(host.host_id).before
        check(reset, f"no reset, {age:.1f} s after the last renewal")
        at, cause = reset
        self.say(f"host {host.host_id} was reset {age:.1f} s after its last renewal (limit {limit})")
        check(age < limit, "the reset came too late")
        if self.case.watchdog.startswith("i6300esb"):
            check(cause == "watchdog", "the reset does not come from the watchdog device")
        return at

    def expect_reboot(self, host):
        """After a reset the guest boots again."""
        host.machine.wait_for_boot(2, BOOT_SECONDS)

    def expect_takeover(self, other, after_reset=True):
        """The rival gets the lease, after the last write of host 1's process and after any reset.

        With after_reset false host 1 may also have given the lease back before it is reset.
        """
        taken = self.disk.wait_for_owner(other.host_id, time.monotonic() + self.lost_after + W + PATIENCE)
        check(taken, "the rival did not get the lease")
        check(self.disk.wait_for_blocks(other.host_id, time.monotonic() + PATIENCE), "the rival does not write")
        resets = self.machines[0].resets
        if resets:
            later = taken.seen - resets[0][0]
            when = "after" if later > 0 else "before"
            self.say(f"host {other.host_id} took the lease {abs(later):.1f} s {when} the reset")
            check(not after_reset or resets[0][0] < taken.before, "the lease moved before the reset")
        last = self.disk.last_block(1)
        check(last is None or last.seen < taken.before, "host 1 wrote after the lease had moved")
        return taken

    def stay_up(self, host, seconds, when):
        """No reset for so long."""
        self.say(f"host {host.host_id} has to stay up for {max(0, seconds):.0f} s {when}")
        reset = host.machine.wait_for_reset(time.monotonic() + seconds)
        if reset:
            raise Failure(f"host {host.host_id} was reset {when}")
