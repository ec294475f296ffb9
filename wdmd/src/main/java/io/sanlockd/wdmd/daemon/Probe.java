package io.sanlockd.wdmd.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code wdmd --probe} and {@code --trytimeout} (wdmd.md 7). Takes the crash marker meanwhile, so
 * that it never touches a device that somebody relies on.
 */
final class Probe {
  private static final int EXIT_FAILURE = 1;

  private final RunFiles files;
  private final DeviceSearch search;
  private final PrintStream stdout;
  private final PrintStream stderr;

  Probe(RunFiles files, DeviceSearch search, PrintStream stdout, PrintStream stderr) {
    this.files = files;
    this.search = search;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** Runs it; the exit status. */
  int run(WdmdOptions options) {
    try {
      files.mark();
    } catch (IOException e) {
      stderr.println("cannot probe watchdog devices while wdmd is in use.");
      return EXIT_FAILURE;
    }
    try {
      return find(options);
    } finally {
      removeMarker();
    }
  }

  private int find(WdmdOptions options) {
    DeviceSearch.Found found = search.find(options.device);
    found.errors().forEach(stderr::println);
    if (found.device().isEmpty()) {
      stderr.println(DeviceSearch.NONE);
      return EXIT_FAILURE;
    }
    WatchdogDevice device = found.device().get();
    if (options.tryTimeout > 0) {
      return tryTimeout(device, options.tryTimeout, options.forceFire);
    }
    stdout.println(device.path());
    return 0;
  }

  private int tryTimeout(WatchdogDevice device, int seconds, boolean forceFire) {
    if (device.noWayOut() && !forceFire) {
      stderr.println(device.path() + " has nowayout set: to try it would reset the machine");
      return EXIT_FAILURE;
    }
    int opened = device.open();
    if (opened < 0) {
      stderr.println("error " + -opened + " open " + device.path());
      return EXIT_FAILURE;
    }
    int before = device.timeout();
    int set = device.setTimeout(seconds);
    int after = device.timeout();
    if (set < 0 || after != seconds) {
      String why = set < 0 ? -set + " ioctl settimeout " : "0 invalid timeout ";
      stderr.println("error " + why + device.path());
      stop(device);
      return EXIT_FAILURE;
    }
    stdout.println(device.path() + " fire_timeout " + before + " set " + seconds);
    if (forceFire) {
      awaitReset(device, seconds);
      return EXIT_FAILURE;
    }
    return stop(device) ? 0 : EXIT_FAILURE;
  }

  private boolean stop(WatchdogDevice device) {
    int disarmed = device.disarm();
    device.close();
    if (disarmed < 0) {
      stderr.println("error " + -disarmed + " write " + device.path());
    }
    return disarmed == 0;
  }

  /** The machine should be gone before this returns. */
  private void awaitReset(WatchdogDevice device, int seconds) {
    for (int left = seconds; left > 0; left--) {
      stdout.println("not pinging, reset in " + left);
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }
    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
    stderr.println(device.path() + " did not reset the machine");
    stop(device);
  }

  private void removeMarker() {
    try {
      files.unmark();
    } catch (IOException e) {
      stderr.println("can not remove " + files.marker() + ": " + e.getMessage());
    }
  }
}
