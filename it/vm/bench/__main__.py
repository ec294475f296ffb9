"""Builds the image, runs the cases, reports. Started by ../vmtest, which says what it needs."""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

from . import image
from .machine import GuestError, Machine
from .scenarios import SCENARIOS, Failure
from .stage import Stage

# sanlock and wdmd of host 1 and the programs of the rival, each "c" or "java", and the guest's watchdog.
Case = collections.namedtuple("Case", "scenario sanlock wdmd rival watchdog")

STACKS = (("java", "java"), ("java", "c"), ("c", "java"), ("c", "c"))
# Scenarios in which only some stacks differ.
ONLY = {"unclean-close": (("c", "c"),), "nowayout-stop": (("c", "c"), ("c", "java"))}
# What a run without arguments does of stacks that are not all ours.
MIXED = ("healthy", "daemon-killed", "wdmd-killed", "storage-hangs")
DEFAULT = {("java", "c"): MIXED, ("c", "java"): MIXED, ("c", "c"): ("daemon-killed",)}
TARGET = pathlib.Path(__file__).resolve().parent.parent / "target"

_began = time.monotonic()
_print_lock = threading.Lock()


def say(who, text):
    seconds = int(time.monotonic() - _began)
    with _print_lock:
        print(f"[{seconds // 60:2}:{seconds % 60:02}] {who}: {text}", flush=True)


def name_of(case):
    dog = "" if case.watchdog == "i6300esb" else f" {case.watchdog}"
    rival = f" against {case.rival}" if case.rival != "c" else ""
    return f"{case.scenario} {case.sanlock}/{case.wdmd}{rival}{dog}"


def all_cases():
    """Every scenario with every stack for which it makes sense, those that take long first."""
    for scenario in SCENARIOS:
        for stack in ONLY.get(scenario, STACKS):
            yield Case(scenario, *stack, "c", "i6300esb")
            if scenario == "daemon-killed":
                yield Case(scenario, *stack, "c", "softdog")
                if stack == ("java", "java"):
                    yield Case(scenario, *stack, "java", "i6300esb")


def by_default(case):
    """Whether a run without arguments includes the case."""
    stack = (case.sanlock, case.wdmd)
    if case.scenario in ONLY or stack not in DEFAULT:
        return True
    return case.scenario in DEFAULT[stack] and case.watchdog != "softdog"


def plan(stacks, names, everything):
    """The chosen cases; names are scenarios or cases as --list shows them."""
    known = [case for case in all_cases() if (case.sanlock, case.wdmd) in stacks]
    if names:
        return [case for case in known if {case.scenario, name_of(case)} & set(names)]
    return [case for case in known if everything or by_default(case)]


def choose_accelerator(wanted, directory, guest):
    """KVM when a guest really boots with it: a /dev/kvm alone says little on a virtual machine."""
    if wanted != "auto":
        return wanted
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        say("bench", "no access to /dev/kvm: the processors are emulated")
        return "tcg"
    disk = directory / "probe"
    disk.touch()
    os.truncate(disk, 1 << 20)
    machine = Machine("probe", directory, guest, "kvm")
    try:
        machine.start(disk, "none")
        machine.wait_for_boot(1, 15)
        return "kvm"
    except GuestError:
        say("bench", "KVM does not boot the guest: the processors are emulated")
        return "tcg"
    finally:
        machine.stop()


def run(case, directory, guest, accelerator, io_timeout):
    """Runs one case and returns whether it passed."""
    name = name_of(case)
    place = directory / name.replace(" ", "_").replace("/", "-").replace(",", "_")
    place.mkdir()
    began = time.monotonic()
    stage = None
    try:
        stage = Stage(case, place, guest, accelerator, io_timeout, lambda text: say(name, text))
        SCENARIOS[case.scenario](stage)
        say(name, f"passed in {time.monotonic() - began:.0f} s")
        return True
    except (Failure, GuestError) as failure:
        say(name, f"FAILED: {failure}")
    except Exception:  # a mistake in the bench itself is a failed case, too
        say(name, "FAILED: " + traceback.format_exc())
    finally:
        if stage:
            stage.close()
        keep_logs(place)
    return False


def keep_logs(place):
    """Moves the consoles, and what qemu said, out of the directory that is removed at the end."""
    kept = TARGET / "logs" / place.name
    kept.mkdir(parents=True, exist_ok=True)
    for log in [*place.glob("*.console"), *place.glob("*.qemu")]:
        if log.stat().st_size:
            shutil.copy(log, kept)


def options():
    parser = argparse.ArgumentParser(
        prog="vmtest",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Proves in virtual machines with an emulated watchdog device that a host which can not prove\n"
        "to be alive is reset before another host gets its leases. A case takes three to five minutes; all of\n"
        "them, a few at a time, on two cores without KVM about half an hour.",
        epilog="scenarios:\n" + "\n".join(f"  {name:19}{text.__doc__}" for name, text in SCENARIOS.items()))
    parser.add_argument("scenario", nargs="*",
                        help="only this scenario, or this case as --list shows it, like 'healthy java/c' (default:\n"
                        "all scenarios for java/java, the most important ones for other stacks)")
    parser.add_argument("--stack", action="append", choices=["/".join(stack) for stack in STACKS],
                        help="sanlock/wdmd of the host in trouble, each c or java; can be repeated (default: all four)")
    parser.add_argument("--all", action="store_true", help="every scenario with every stack")
    parser.add_argument("--list", action="store_true", help="list the cases and run nothing")
    parser.add_argument("--io", type=int, default=3, metavar="S",
                        help="io_timeout of the lockspace (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=3 * (os.cpu_count() or 1), metavar="N",
                        help="cases at a time, up to two machines of 512 MiB each (default %(default)s)")
    parser.add_argument("--limit", type=int, default=60, metavar="MIN",
                        help="give up after so many minutes (default %(default)s)")
    parser.add_argument("--accel", choices=["auto", "kvm", "tcg"], default="auto",
                        help="kvm, tcg (emulated processors), or whichever works (default)")
    parser.add_argument("--tree", type=pathlib.Path, help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    unknown = sorted(set(parsed.scenario) - set(SCENARIOS) - {name_of(case) for case in all_cases()})
    if unknown:
        parser.error("no such scenario or case: " + ", ".join(unknown))
    return parsed


def run_all(cases, directory, chosen):
    """Runs the cases and returns for each True, False, or None when there was no time for it."""
    say("bench", "building the guest")
    guest = image.build(directory, TARGET / "packages", chosen.tree, os.environ["JAVA_HOME"])
    accelerator = choose_accelerator(chosen.accel, directory, guest)
    say("bench", f"{len(cases)} cases, {chosen.jobs} at a time, kernel {guest.release}, {accelerator}")
    pool = concurrent.futures.ThreadPoolExecutor(chosen.jobs)
    futures = [pool.submit(run, case, directory, guest, accelerator, chosen.io) for case in cases]
    concurrent.futures.wait(futures, chosen.limit * 60)
    return [future.result() if future.done() else None for future in futures]


def interrupted(number, _frame):
    raise KeyboardInterrupt(signal.Signals(number).name)


def main():
    chosen = options()
    stacks = [tuple(stack.split("/")) for stack in chosen.stack] if chosen.stack else STACKS
    cases = plan(stacks, chosen.scenario, chosen.all)
    if chosen.list:
        for case in cases:
            print(f"{name_of(case):36} {SCENARIOS[case.scenario].__doc__}")
        return 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    shutil.rmtree(TARGET / "logs", ignore_errors=True)
    # Not /tmp: direct I/O needs a file system on a disk.
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sanlockd-vm.", dir="/var/tmp"))
    try:
        results = run_all(cases, directory, chosen)
    except KeyboardInterrupt as signalled:
        print(f"vmtest: ended by {signalled}", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    words = {True: "passed", False: "FAILED", None: "NO TIME"}
    print(f"The consoles of all hosts are in {TARGET / 'logs'}")
    for case, result in zip(cases, results):
        print(f"{words[result]:8}{name_of(case)}")
    passed = results.count(True)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1


status = main()
sys.stdout.flush()
# Not sys.exit: that waits for threads of cases that were given up. Their machines end with us.
os._exit(status)
