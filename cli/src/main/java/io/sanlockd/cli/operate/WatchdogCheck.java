package io.sanlockd.cli.operate;

import io.sanlockd.wdmd.client.WdmdConnection;
import io.sanlockd.wdmd.client.WdmdException;
import io.sanlockd.wdmd.client.WdmdStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The watchdog device and wdmd. Only wdmd's status is asked for: a client that promised nothing may
 * leave at any time, and nothing is armed by asking (wdmd.md 4).
 */
final class WatchdogCheck {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** Names another wdmd to the daemon, for tests. */
  private static final String SOCKET_VARIABLE = "SANLOCK_WDMD_SOCKET";

  private final Checkup checkup;
  private final SystemFiles files;
  private final int fireTimeout;

  WatchdogCheck(Checkup checkup, SystemFiles files, int fireTimeout) {
    this.checkup = checkup;
    this.files = files;
    this.fireTimeout = fireTimeout;
  }

  void run(Optional<DaemonView> daemon) {
    checkup.section("watchdog");
    boolean isUsed = daemon.map(view -> view.daemonNumber("use_watchdog", 1) != 0).orElse(true);
    if (!isUsed) {
      checkup.add(
          Severity.WARNING,
          "daemon",
          "runs without a watchdog (-w 0): if it can not kill a process, nothing resets this host");
    }
    devices(isUsed);
    wdmd(isUsed);
  }

  /** What is missing matters only to a daemon that uses it. */
  private static Severity missing(boolean isUsed) {
    return isUsed ? Severity.ERROR : Severity.NOTE;
  }

  private void devices(boolean isUsed) {
    List<String> names = files.names("/dev", "watchdog");
    if (names.isEmpty()) {
      checkup.add(
          missing(isUsed),
          "/dev/watchdog",
          "is missing: load the driver of the hardware, or softdog, which does not survive a hung"
              + " kernel");
      return;
    }
    for (String name : files.names("/sys/class/watchdog", "watchdog")) {
      String at = "/sys/class/watchdog/" + name + "/";
      String identity = files.text(at + "identity").orElse("unknown driver");
      String timeout = files.text(at + "timeout").map(s -> ", timeout " + s + " s").orElse("");
      String state = files.text(at + "state").map(s -> ", " + s).orElse("");
      boolean isSoft = identity.toLowerCase(Locale.ROOT).contains("software");
      checkup.add(
          isSoft ? Severity.NOTE : Severity.OK,
          "/dev/" + name,
          identity
              + timeout
              + state
              + (isSoft ? "; a software watchdog does not survive a hung kernel" : ""));
    }
    if (files.names("/sys/class/watchdog", "watchdog").isEmpty()) {
      checkup.ok("/dev", String.join(", ", names));
    }
  }

  private void wdmd(boolean isUsed) {
    String named = System.getenv(SOCKET_VARIABLE);
    Path socket = named == null || named.isEmpty() ? WdmdConnection.DEFAULT_SOCKET : Path.of(named);
    if (!Files.exists(socket)) {
      checkup.add(missing(isUsed), socket.toString(), "is missing: start wdmd before the daemon");
      return;
    }
    try (WdmdConnection connection = WdmdConnection.connect(socket, LIMIT)) {
      WdmdStatus status = connection.status(LIMIT);
      boolean isSame = status.fireTimeoutSeconds() == fireTimeout;
      checkup.add(
          isSame ? Severity.OK : missing(isUsed),
          "wdmd",
          "fire timeout "
              + status.fireTimeoutSeconds()
              + " s, tests every "
              + status.testIntervalSeconds()
              + " s"
              + (isSame
                  ? ""
                  : "; watchdog_fire_timeout here is "
                      + fireTimeout
                      + ", and all hosts must have the same"));
    } catch (WdmdException e) {
      checkup.add(missing(isUsed), "wdmd", e.getMessage());
    }
  }
}
