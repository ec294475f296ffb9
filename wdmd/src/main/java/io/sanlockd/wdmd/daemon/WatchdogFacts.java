package io.sanlockd.wdmd.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What sysfs tells about watchdog devices without opening them, because opening arms them (wdmd.md
 * 6).
 */
final class WatchdogFacts {
  /** Where the kernel has it. */
  static final Path SYSFS = Path.of("/sys/class/watchdog");

  private static final Pattern DEVICE = Pattern.compile("/dev/watchdog(\\d*)");

  private final Path root;

  WatchdogFacts(Path root) {
    this.root = root;
  }

  /** Whether the driver never stops; false if sysfs does not tell. */
  boolean noWayOut(String path) {
    return read(path, "nowayout").filter(text -> !text.equals("0")).isPresent();
  }

  /** Whether somebody has it open or it counts; false if sysfs does not tell. */
  boolean active(String path) {
    return read(path, "state").filter(text -> text.equals("active")).isPresent();
  }

  /** Fire timeout in seconds; empty if sysfs does not tell, or for no watchdog device. */
  OptionalInt timeoutSeconds(String path) {
    Optional<String> text = read(path, "timeout").filter(value -> value.matches("\\d{1,9}"));
    return text.isPresent() ? OptionalInt.of(Integer.parseInt(text.get())) : OptionalInt.empty();
  }

  private Optional<String> read(String path, String attribute) {
    Matcher matcher = DEVICE.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    // The device without a number is the first one under its old name.
    String number = matcher.group(1).isEmpty() ? "0" : matcher.group(1);
    try {
      byte[] bytes = Files.readAllBytes(root.resolve("watchdog" + number).resolve(attribute));
      return Optional.of(new String(bytes, StandardCharsets.US_ASCII).trim());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
