"""What is proven. Each scenario is a function of a Stage; its first line says what must happen.

Host 1 is the one that gets into trouble, host 2 wants its lease. W is 60 seconds, the only value of
sanlock 3.8.5; io is the io_timeout of the lockspace.
"""

import time

W = 60
GRACE = 40  # seconds of SIGTERM before SIGKILL
PATIENCE = 180  # seconds for what is only waited for, not measured
DEVICE = "/sys/class/watchdog/watchdog0"


class Failure(Exception):
    """Something that must hold did not."""


def check(condition, text):
    if not condition:
        raise Failure(text)


def healthy(stage):
    """A healthy host with a lease is never reset, and after a clean stop nothing is armed."""
    host = stage.host(1)
    stage.begin(host)
    pid = host.hold("sleep")
    check(stage.disk.wait_for_owner(1, time.monotonic() + PATIENCE), "the lease was not acquired")
    stage.stay_up(host, W + stage.lost_after + 15, "in the lockspace with a lease")
    check(host.runs(pid), "the process with the lease was killed")
    host.signal("KILL", pid)
    host.leave()
    host.machine.run("sanlock client shutdown -w 1")
    host.signal("TERM", host.wdmd_pid)
    host.wait_until_ended(host.wdmd_pid, 30)
    state = host.machine.run(f"cat {DEVICE}/state").strip()
    check(state == "inactive", f"after the clean stop the watchdog is '{state}'")
    check(host.machine.attempt("[ -e /dev/shm/wdmd ]")[0], "wdmd left its crash marker behind")
    stage.stay_up(host, W + 10, "after a clean stop of everything")


def daemon_killed(stage):
    """SIGKILL of the lock daemon: the host is reset in time, the lease moves after that."""
    _trouble_with_daemon(stage, "KILL")


def daemon_stopped(stage):
    """SIGSTOP of the lock daemon: the host is reset in time, the lease moves after that."""
    _trouble_with_daemon(stage, "STOP")


def _trouble_with_daemon(stage, signal):
    host, other = stage.writer_and_rival()
    host.signal(signal, host.sanlock_pid)
    stage.say(f"SIG{signal} to the lock daemon of host 1")
    stage.expect_reset(host)
    stage.expect_takeover(other)
    stage.expect_reboot(host)


def wdmd_killed(stage):
    """SIGKILL of wdmd: the host is reset within 60 seconds, the lease moves when its user is gone."""
    _trouble_with_wdmd(stage, "KILL")


def wdmd_stopped(stage):
    """SIGSTOP of wdmd: the host is reset within 60 seconds, the lease moves when its user is gone."""
    _trouble_with_wdmd(stage, "STOP")


def _trouble_with_wdmd(stage, signal):
    host, other = stage.writer_and_rival()
    host.signal(signal, host.wdmd_pid)
    signalled = time.monotonic()
    stage.say(f"SIG{signal} to the wdmd of host 1")
    reset = stage.expect_reset(host)
    check(reset - signalled <= W + 1, f"reset only {reset - signalled:.1f} s after the signal")
    # A lock daemon that notices the loss stops its processes and gives the lease back before.
    stage.expect_takeover(other, after_reset=False)
    stage.expect_reboot(host)


def storage_hangs(stage):
    """I/O hangs and the process ignores SIGTERM: SIGKILL ends it in time, no reset, host 1 leaves."""
    host = _storage_lost(stage, lambda machine: machine.stall_disk())
    host.machine.resume_disk()
    _lockspace_left(stage, host)


def storage_fails(stage):
    """I/O fails and the process ignores SIGTERM: SIGKILL ends it in time, no reset, host 1 leaves."""
    host = _storage_lost(stage, lambda machine: machine.unplug_disk())
    _lockspace_left(stage, host)


def _storage_lost(stage, lose):
    host, other = stage.host(1), stage.host(2)
    stage.begin(host, other)
    pid = host.hold("sleep")
    check(stage.disk.wait_for_owner(1, time.monotonic() + PATIENCE), "the lease was not acquired")
    other.want()
    time.sleep(5)
    lose(host.machine)
    lost = time.monotonic()
    stage.say("host 1 has lost the disk")
    ended = host.wait_until_ended(pid, stage.lost_after + W)
    age = ended - stage.disk.last_renewal(1).before
    stage.say(f"the process was killed {age:.1f} s after the last renewal")
    check(age >= stage.lost_after + GRACE - 2, "the process got no time to end by itself")
    taken = stage.expect_takeover(other)
    check(ended < taken.before, "the lease moved while the process was alive")
    stage.stay_up(host, lost + stage.lost_after + W + 20 - time.monotonic(), "without its disk")
    return host


def _lockspace_left(stage, host):
    host.wait_until(f"! sanlock client status | grep -q 's {host.lockspace}'", 130)
    dump = host.machine.run("wdmd --dump")
    check("sanlock_vm:1" not in dump, f"wdmd still has the lockspace:\n{dump}")
    stage.stay_up(host, 15, "after it has left the lockspace")


def process_unkillable(stage):
    """I/O hangs and the process hangs in it, so that SIGKILL does not end it: reset, then takeover."""
    host, other = stage.writer_and_rival()
    host.machine.stall_disk()
    stage.say("the I/O of host 1 hangs, and its process with it")
    stage.expect_reset(host)
    # With the reset the disk comes back: what hangs in the device reaches it now.
    host.machine.resume_disk()
    stage.expect_takeover(other)
    stage.expect_reboot(host)


def reset_requested(stage):
    """Host 2 asks with our sanlk-reset: our sanlk-resetd has host 1 reset in time, host 2 learns it later."""
    host, other = stage.writer_and_rival()
    host.start_resetd()
    other.ask_for_reset(host)
    host.wait_until("grep -q 'set reply resetting' /run/resetd.log", PATIENCE)
    promised = time.monotonic()
    stage.say("host 1 has promised its reset")
    reset = host.machine.wait_for_reset(promised + 10 + W + 10)
    check(reset, "no reset after the promise")
    age = reset[0] - promised
    stage.say(f"host 1 was reset {age:.1f} s after its promise (limit {10 + W})")
    check(age < 10 + W, "the reset came too late")
    check(not other.reset_result(), "sanlk-reset ended before the reset")
    stage.expect_takeover(other)
    other.wait_until("[ -s /run/reset.status ]", PATIENCE)
    stage.say(f"sanlk-reset ended {time.monotonic() - reset[0]:.1f} s after the reset")
    check(other.reset_result() == "0", f"exit status of sanlk-reset: {other.reset_result()}")
    stage.expect_reboot(host)


def unclean_close(stage):
    """Closing the device without the magic character makes the kernel ping once more (wdmd.md 1)."""
    host = stage.host(1)
    stage.boot(host)
    timeout = int(host.machine.run(f"cat {DEVICE}/timeout"))
    wait = timeout * 2 // 3
    host.start(f"sh -c 'exec 9>/dev/watchdog0; sleep {wait}'")
    opened = time.monotonic()
    reset = host.machine.wait_for_reset(opened + wait + timeout + 10)
    check(reset, "the device was closed unclean and did not fire")
    age = reset[0] - opened
    stage.say(f"timeout {timeout} s, closed after {wait} s: reset {age:.1f} s after the device was opened")
    check(abs(age - wait - timeout) < 3, "the reset is not due one timeout after the close")


def nowayout_stop(stage):
    """With nowayout the device stays armed: the C wdmd stops and the host is reset, ours stays and pings."""
    host = stage.host(1, watchdog="i6300esb,nowayout=1")
    stage.boot(host)
    host.start_wdmd()
    # A wdmd that opens its device on demand has to be asked first.
    _use_watchdog(stage, host)
    host.signal("TERM", host.wdmd_pid)
    stopped = time.monotonic()
    if stage.case.wdmd == "java":
        stage.stay_up(host, W + 15, "after SIGTERM to a wdmd that can not disarm its device")
        check(host.runs(host.wdmd_pid), "wdmd is gone")
        return
    host.wait_until_ended(host.wdmd_pid, 30)
    reset = host.machine.wait_for_reset(stopped + W + 20)
    check(reset, "no reset after the clean stop, although the watchdog can not be stopped")
    stage.say(f"reset {reset[0] - stopped:.1f} s after the clean stop of wdmd")


def _use_watchdog(stage, host):
    """A lockspace comes and goes."""
    host.start_sanlock()
    host.join()
    host.leave()
    host.machine.run("sanlock client shutdown -w 1")
    stage.say("a lockspace has been joined and left")


SCENARIOS = {
    function.__name__.replace("_", "-"): function
    for function in (healthy, daemon_killed, daemon_stopped, wdmd_killed, wdmd_stopped, storage_hangs,
                     storage_fails, process_unkillable, reset_requested, unclean_close, nowayout_stop)
}
