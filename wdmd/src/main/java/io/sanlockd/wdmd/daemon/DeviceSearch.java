package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.FileStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks for a watchdog device that works (wdmd.md 6, 7). sysfs is asked first: to open a device
 * arms it, and one with nowayout can not be disarmed any more.
 */
final class DeviceSearch {
  /** What is said when there is none. */
  static final String NONE = "no watchdog device, load a watchdog driver";

  private static final List<String> STANDARD =
      List.of("/dev/watchdog0", "/dev/watchdog1", "/dev/watchdog");

  private final WatchdogFacts facts;
  private final Function<String, WatchdogDevice> devices;

  /**
   * A search.
   *
   * @param devices makes the device of a path
   */
  DeviceSearch(WatchdogFacts facts, Function<String, WatchdogDevice> devices) {
    this.facts = facts;
    this.devices = devices;
  }

  /** The result: a device, and what was wrong with those before it. */
  record Found(Optional<WatchdogDevice> device, List<String> errors) {}

  /**
   * The first device that works.
   *
   * @param first path to try first, empty for none
   */
  Found find(String first) {
    List<String> errors = new ArrayList<>();
    for (String path : candidates(first)) {
      WatchdogDevice device = devices.apply(path);
      Optional<String> error = check(device);
      if (error.isEmpty()) {
        return new Found(Optional.of(device), errors);
      }
      errors.add(error.get());
    }
    return new Found(Optional.empty(), errors);
  }

  private static Set<String> candidates(String first) {
    Set<String> paths = new LinkedHashSet<>();
    if (!first.isEmpty()) {
      paths.add(first);
    }
    paths.addAll(STANDARD);
    return paths;
  }

  private Optional<String> check(WatchdogDevice device) {
    String path = device.path();
    int found = FileStatus.find(path);
    if (found < 0) {
      return Optional.of("error " + -found + " stat " + path);
    }
    OptionalInt timeout = facts.timeoutSeconds(path);
    if (timeout.isPresent()) {
      boolean taken = !device.noWayOut() && facts.active(path);
      return taken ? Optional.of("error " + Errno.EBUSY + " open " + path) : Optional.empty();
    }
    return open(device);
  }

  /** Opens and disarms it, for drivers that sysfs does not know. */
  private static Optional<String> open(WatchdogDevice device) {
    int opened = device.open();
    if (opened < 0) {
      return Optional.of("error " + -opened + " open " + device.path());
    }
    int timeout = device.timeout();
    int disarmed = timeout < 0 ? 0 : device.disarm();
    device.close();
    if (timeout < 0) {
      return Optional.of("error " + -timeout + " ioctl gettimeout " + device.path());
    }
    return disarmed < 0
        ? Optional.of("error " + -disarmed + " write " + device.path())
        : Optional.empty();
  }
}
