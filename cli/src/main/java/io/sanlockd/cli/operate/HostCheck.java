package io.sanlockd.cli.operate;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The machine: its clock, limits of the kernel and of the daemon's process. */
final class HostCheck {
  /** Kept by hardware and read without leaving the processor, or by the hypervisor. */
  private static final Set<String> GOOD_CLOCKS =
      Set.of("tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "xen", "arch_sys_counter");

  private static final String CLOCK =
      "/sys/devices/system/clocksource/clocksource0/current_clocksource";
  private static final long FEW_AIO_SLOTS = 1024;
  private static final long FEW_FILES = 1024;

  private final Checkup checkup;
  private final SystemFiles files;

  HostCheck(Checkup checkup, SystemFiles files) {
    this.checkup = checkup;
    this.files = files;
  }

  void run(Optional<Long> daemonPid, Optional<DaemonView> daemon) {
    checkup.section("clock and limits");
    clock();
    asynchronousIo();
    daemonPid
        .filter(pid -> files.text("/proc/" + pid + "/limits").isPresent())
        .ifPresent(this::process);
    daemon.ifPresent(this::helper);
  }

  private void clock() {
    Optional<String> source = files.text(CLOCK);
    if (source.isEmpty()) {
      checkup.add(Severity.NOTE, "clock source", "can not be read");
    } else if (GOOD_CLOCKS.contains(source.get())) {
      checkup.ok("clock source", source.get());
    } else {
      checkup.add(
          Severity.WARNING,
          "clock source",
          source.get()
              + " is slow or coarse; leases live by this clock. See why the kernel gave up a better"
              + " one (dmesg | grep clocksource)");
    }
  }

  private void asynchronousIo() {
    Optional<Long> used = files.number("/proc/sys/fs/aio-nr");
    Optional<Long> most = files.number("/proc/sys/fs/aio-max-nr");
    if (used.isPresent() && most.isPresent()) {
      long left = most.get() - used.get();
      String text = used.get() + " of " + most.get() + " slots in use";
      if (left < FEW_AIO_SLOTS) {
        checkup.add(
            Severity.ERROR,
            "asynchronous I/O",
            text + "; disk operations will fail: raise fs.aio-max-nr with sysctl");
      } else {
        checkup.ok("asynchronous I/O", text);
      }
    }
  }

  private void process(long pid) {
    String limits = "/proc/" + pid + "/limits";
    String place = "process " + pid;
    files
        .line(limits, "Max open files")
        .map(line -> line.split("\\s+", -1)[0])
        .ifPresent(
            most -> {
              boolean isEnough = most.equals("unlimited") || Long.parseLong(most) >= FEW_FILES;
              checkup.add(
                  isEnough ? Severity.OK : Severity.WARNING,
                  place,
                  "may open " + most + " files" + (isEnough ? "" : ", one for each connection"));
            });
    files
        .line("/proc/" + pid + "/status", "VmSwap:")
        .ifPresent(
            swapped -> {
              boolean isNone = swapped.startsWith("0 ");
              checkup.add(
                  isNone ? Severity.OK : Severity.WARNING,
                  place,
                  isNone
                      ? "nothing of it is swapped out"
                      : swapped + " of it is swapped out: renewals may wait for the swap device");
            });
    files
        .line("/proc/" + pid + "/status", "VmLck:")
        .ifPresent(
            locked -> {
              boolean isLocked = !locked.startsWith("0 ");
              checkup.add(
                  isLocked ? Severity.OK : Severity.NOTE,
                  place,
                  isLocked
                      ? locked + " of memory are locked"
                      : "its memory is not locked (mlock_level, limit memlock)");
            });
  }

  private void helper(DaemonView daemon) {
    long pid = daemon.daemonNumber("helper_pid", 0);
    long full = daemon.daemonNumber("helper_full_count", 0);
    if (pid <= 0) {
      checkup.add(Severity.ERROR, "helper", "does not run: killpath programs can not be started");
    } else if (full > 0) {
      checkup.add(
          Severity.WARNING,
          "helper",
          String.format(Locale.ROOT, "process %d was too slow for %d messages", pid, full));
    } else {
      checkup.ok("helper", "process " + pid);
    }
  }
}
