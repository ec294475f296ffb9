"""A host: a virtual machine with a watchdog multiplexer and a lock daemon, either the C program or ours.

Both are controlled with the C command line tools, which work with either.
"""

import time

from .machine import GuestError

PROGRAMS = {
    "c": {"sanlock": "/usr/sbin/sanlock", "wdmd": "/usr/sbin/wdmd"},
    "java": {"sanlock": "/opt/sanlockd/bin/sanlock", "wdmd": "/opt/sanlockd/bin/wdmd"},
}
# These come from our tree whatever the daemons are.
RESET = "/opt/sanlockd/bin/sanlk-reset"
RESETD = "/opt/sanlockd/bin/sanlk-resetd"
DISK = "/dev/vda"
RESOURCE = f"vm:res:{DISK}:1048576"

# Start-up of a JVM in an emulated processor while others start, too.
START_SECONDS = 300


class Host:
    """Host number host_id on a machine; sanlock and wdmd are "c" or "java"."""

    def __init__(self, machine, host_id, sanlock, wdmd, io_timeout):
        self.machine = machine
        self.host_id = host_id
        self._sanlock = PROGRAMS[sanlock]["sanlock"]
        self._wdmd = PROGRAMS[wdmd]["wdmd"]
        self._io_timeout = io_timeout
        self.wdmd_pid = 0
        self.sanlock_pid = 0

    @property
    def lockspace(self):
        return f"vm:{self.host_id}:{DISK}:0"

    def start_wdmd(self):
        self.wdmd_pid = self._start_program(f"{self._wdmd} -D", "wdmd --dump")

    def start_sanlock(self):
        command = f"{self._sanlock} daemon -D -w 1 -e host{self.host_id}"
        self.sanlock_pid = self._start_program(command, "sanlock client status")

    def join(self):
        self.machine.run(f"sanlock client add_lockspace -s {self.lockspace} -o {self._io_timeout}")

    def leave(self):
        self.machine.run(f"sanlock client rem_lockspace -s {self.lockspace}")

    def hold(self, what):
        """Starts a process that gets the lease and then does what guest/user says; returns its pid."""
        return self.start(f"sanlock client command -r {RESOURCE} -c /bin/user {what} {self.host_id}")

    def want(self):
        """Starts to ask for the lease again and again; who gets it writes to the disk."""
        command = f"sanlock client command -r {RESOURCE} -c /bin/user write {self.host_id}"
        self.start(f"sh -c 'while :; do {command}; sleep 0.5; done' 2>/dev/null")

    def start_resetd(self):
        """Starts our sanlk-resetd and waits until it listens in the lockspace."""
        self.start(f"sh -c 'exec {RESETD} -D vm 2>/run/resetd.log'")
        self.wait_until("grep -q 'reg_event 0 ' /run/resetd.log", START_SECONDS)

    def ask_for_reset(self, other):
        """Starts our sanlk-reset in the background."""
        self.start(f"sh -c '{RESET} -D reset vm:{other.host_id}; echo $? >/run/reset.status'")

    def reset_result(self):
        """Exit status of sanlk-reset as text, empty while it runs."""
        return self.machine.attempt("cat /run/reset.status 2>/dev/null")[1].strip()

    def start(self, command):
        """Starts a program in the background with its output on the console; returns its pid."""
        return int(self.machine.run(f"setsid {command} </dev/null >/dev/console 2>&1 & echo $!"))

    def _start_program(self, command, answers):
        """Starts a daemon and waits until it answers; returns its pid."""
        pid = self.start(command)
        self.wait_until(f"{answers} || ! [ -d /proc/{pid} ]", START_SECONDS)
        if not self.runs(pid):
            raise GuestError(f"{self.machine.name}: ended at once, see its console: {command}")
        return pid

    def signal(self, name, pid):
        self.machine.run(f"kill -{name} {pid}")

    def runs(self, pid):
        """Whether a process exists and has not ended; a zombie has."""
        return self.machine.attempt(f"grep -q '^State:[^Z]*$' /proc/{pid}/status")[0] == 0

    def wait_until_ended(self, pid, seconds):
        """Returns the time at which the process was found to have ended."""
        self.wait_until(f"! grep -q '^State:[^Z]*$' /proc/{pid}/status", seconds)
        return time.monotonic()

    def wait_until(self, condition, seconds):
        """Waits until a command in the guest succeeds."""
        deadline = time.monotonic() + seconds
        while True:
            status, output = self.machine.attempt(condition)
            if status == 0:
                return
            if time.monotonic() > deadline:
                raise GuestError(f"{self.machine.name}: not within {seconds} s: {condition}\n{output}")
            time.sleep(0.5)
