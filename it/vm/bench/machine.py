"""One virtual machine: its process, its monitor, and the agent that runs scripts in the guest."""

import base64
import json
import socket
import subprocess
import threading
import time


MEMORY_MIB = 512


class GuestError(Exception):
    """A script in the guest failed or was not answered."""


class Machine:
    """Starts with start(); every reset of the guest is recorded with its time and what caused it.

    All times are time.monotonic() of the machine the bench runs on.
    """

    def __init__(self, name, directory, image, accelerator):
        self.name = name
        self.resets = []  # (time, cause): "watchdog" as reported by the emulated device, or "guest"
        self.boots = []  # times at which the agent said hello
        self._directory = directory
        self._image = image
        self._accelerator = accelerator
        self._changed = threading.Condition()
        self._answers = {}
        self._sent = 0
        self._watchdog_at = None
        self._reply = None
        self._process = None
        self._agent = None
        self._monitor = None

    @property
    def console(self):
        """The file with all output of the guest's console."""
        return self._directory / f"{self.name}.console"

    def start(self, disk, watchdog):
        """Boots with the shared disk and a watchdog: a guest module with parameters, or "none"."""
        # The device is there only when its driver is asked for, so that softdog is watchdog0.
        device = ["-device", "i6300esb"] if watchdog.startswith("i6300esb") else []
        kvm = self._accelerator == "kvm"
        # Emulated vector units of newer models cost more than they give; the buffer for translated
        # code is by default a gigabyte.
        accelerator, cpu = ("kvm", "host") if kvm else ("tcg,tb-size=128", "Nehalem,+rdrand")
        # Where the processor is emulated, the kernel may not judge the timer by its pace at boot, and
        # the JVM's second compiler costs more than it gives. Unknown words become init's environment.
        tuning = "" if kvm else "no_timer_check SANLOCK_JAVA_OPTS=-XX:TieredStopAtLevel=1"
        command = [
            # The machine ends when the bench ends, however that happens.
            "setpriv", "--pdeathsig", "KILL",
            "qemu-system-x86_64", "-name", self.name, "-no-user-config", "-nodefaults", "-display", "none",
            "-machine", "pc,usb=off", "-accel", accelerator, "-cpu", cpu, "-smp", "1",
            "-m", str(MEMORY_MIB),
            "-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd),
            "-append", f"console=ttyS0 quiet rdinit=/bin/init vmtest_watchdog={watchdog} {tuning}",
            "-serial", f"file:{self.console}",
            "-qmp", f"unix:{self._socket('qmp')},server=on,wait=off",
            "-chardev", f"socket,id=agent,path={self._socket('agent')},server=on,wait=off",
            "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,nr=1",
            "-blockdev", f"driver=file,node-name=file,filename={disk},cache.direct=on",
            "-object", "throttle-group,id=limits",
            "-blockdev", "driver=throttle,node-name=throttled,throttle-group=limits,file=file",
            "-device", "virtio-blk-pci,drive=throttled,id=disk,share-rw=on",
            *device, "-action", "watchdog=reset",
        ]  # fmt: skip
        log = open(self._directory / f"{self.name}.qemu", "wb")
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self._monitor = self._connect("qmp")
        self._agent = self._connect("agent")
        threading.Thread(target=self._read_monitor, daemon=True).start()
        threading.Thread(target=self._read_agent, daemon=True).start()
        self._execute("qmp_capabilities")

    def wait_for_boot(self, count, seconds):
        """Waits until the guest has booted that often."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.boots) >= count, seconds):
                raise GuestError(f"{self.name} did not boot within {seconds} seconds")

    def run(self, script, seconds=90):
        """Runs a script in the guest and returns its output; any status but 0 is a GuestError."""
        status, output = self.attempt(script, seconds)
        if status:
            raise GuestError(f"{self.name}: status {status} of: {script.strip()}\n{output}")
        return output

    def attempt(self, script, seconds=90):
        """Runs a script in the guest and returns status and output."""
        with self._changed:
            self._sent += 1
            number = str(self._sent)
        line = f"{number} {base64.b64encode(script.encode()).decode()}\n"
        self._agent.sendall(line.encode())
        with self._changed:
            if not self._changed.wait_for(lambda: number in self._answers, seconds):
                raise GuestError(f"{self.name}: no answer within {seconds} seconds to: {script.strip()}")
            return self._answers.pop(number)

    def stall_disk(self):
        """From now on I/O of the guest to the shared disk does not end (one byte per second)."""
        self._throttle(1)

    def resume_disk(self):
        """Ends stall_disk(): what was held goes to the disk, as late as it is."""
        self._throttle(0)

    def unplug_disk(self):
        """Takes the shared disk away: all I/O fails from now on."""
        self._execute("device_del", id="disk")

    def wait_for_reset(self, deadline):
        """Waits for the first reset until the given time; returns (time, cause), or None."""
        with self._changed:
            self._changed.wait_for(lambda: self.resets, max(0, deadline - time.monotonic()))
            return self.resets[0] if self.resets else None

    def stop(self):
        """Switches off."""
        if self._process:
            self._process.kill()
            self._process.wait()
        for connection in (self._agent, self._monitor):
            if connection:
                connection.close()

    def _socket(self, kind):
        return self._directory / f"{self.name}.{kind}"

    def _connect(self, kind):
        deadline = time.monotonic() + 20
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self._socket(kind)))
                return connection
            except OSError:
                connection.close()
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise GuestError(f"{self.name} does not start: {self._qemu_log()}") from None
                time.sleep(0.1)

    def _qemu_log(self):
        return (self._directory / f"{self.name}.qemu").read_text(errors="replace")

    def _throttle(self, bytes_per_second):
        self._execute("qom-set", path="limits", property="limits", value={"bps-total": bytes_per_second})

    def _execute(self, command, **arguments):
        """Gives the monitor a command and waits for its answer; the bench gives one at a time."""
        with self._changed:
            self._reply = None
            request = {"execute": command, "arguments": arguments}
            try:
                self._monitor.sendall(json.dumps(request).encode() + b"\n")
            except OSError:
                raise GuestError(f"{self.name} does not run: {self._qemu_log()}") from None
            if not self._changed.wait_for(lambda: self._reply or self._process.poll() is not None, 30):
                raise GuestError(f"{self.name}: the monitor does not answer {command}")
            if not self._reply:
                raise GuestError(f"{self.name} does not run: {self._qemu_log()}")
            if "error" in self._reply:
                raise GuestError(f"{self.name}: {command}: {self._reply['error']['desc']}")

    def _read_monitor(self):
        for line in self._lines(self._monitor):
            message = json.loads(line)
            now = time.monotonic()
            with self._changed:
                if "error" in message or "return" in message:
                    self._reply = message
                elif message.get("event") == "WATCHDOG":
                    self._watchdog_at = now
                elif message.get("event") == "RESET":
                    by_device = self._watchdog_at is not None and now - self._watchdog_at < 5
                    self.resets.append((now, "watchdog" if by_device else "guest"))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def _read_agent(self):
        for line in self._lines(self._agent):
            words = line.decode(errors="replace").split()
            with self._changed:
                if "hello" in words[:1]:
                    self.boots.append(time.monotonic())
                elif len(words) in (2, 3) and words[1].isdigit():
                    output = base64.b64decode(words[2]).decode(errors="replace") if len(words) == 3 else ""
                    self._answers[words[0]] = (int(words[1]), output)
                self._changed.notify_all()

    @staticmethod
    def _lines(connection):
        try:
            with connection.makefile("rb") as lines:
                yield from lines
        except (OSError, ValueError):
            pass  # switched off
