package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.ServiceNotification;
import java.util.Map;

/**
 * What a service manager that started us is told (sd_notify): that we are ready and, if it wants to
 * hear it, that the loop turns. It hears that from the loop only, never from a timer of its own.
 */
final class ServiceManager {
  private static final int NO_WATCHDOG_MILLIS = 60_000;
  private static final long NANOS_PER_MICRO = 1000;

  private final String socket;
  private final MachineClock clock;
  private final WdmdLog log;
  private final long periodNanos;
  private long lastNanos;

  /**
   * From the environment.
   *
   * @param environment NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, all optional
   * @param pid of this process
   */
  ServiceManager(Map<String, String> environment, long pid, MachineClock clock, WdmdLog log) {
    this.socket = environment.getOrDefault(ServiceNotification.SOCKET, "");
    this.clock = clock;
    this.log = log;
    String meant = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
    String micros = environment.getOrDefault("WATCHDOG_USEC", "0");
    boolean ours = meant.equals(Long.toString(pid)) && micros.matches("\\d{1,15}");
    // Half of the time, as the manual of sd_watchdog_enabled recommends.
    this.periodNanos = ours ? Long.parseLong(micros) * NANOS_PER_MICRO / 2 : 0;
  }

  /** Setting up is complete. */
  void ready() {
    send(ServiceNotification.READY);
    lastNanos = clock.nanos();
  }

  /** The loop turned once more. */
  void alive() {
    if (periodNanos > 0 && clock.nanos() - lastNanos >= periodNanos) {
      lastNanos = clock.nanos();
      send("WATCHDOG=1");
    }
  }

  /** Longest time between two calls of {@link #alive} in milliseconds. */
  int periodMillis() {
    return periodNanos == 0
        ? NO_WATCHDOG_MILLIS
        : (int) Math.max(1, Math.min(NO_WATCHDOG_MILLIS, periodNanos / 1_000_000 / 2));
  }

  private void send(String text) {
    try {
      ServiceNotification.send(socket, text);
    } catch (PosixException e) {
      log.log("notification of the service manager failed: " + e.getMessage());
    }
  }
}
