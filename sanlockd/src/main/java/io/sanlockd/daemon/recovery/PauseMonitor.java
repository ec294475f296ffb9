package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.metrics.DurationHistogram;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;

/**
 * Notices when the main loop did not run for a while, because the JVM was stopped (a garbage
 * collection, SIGSTOP, a machine without time for us) or the whole host was suspended. It only
 * tells; whatever must not be done after a pause asks the clock itself. Main loop only.
 */
final class PauseMonitor {
  private static final long WORTH_A_LINE_NANOS = Clock.SECOND_NANOS / 2;
  private static final long MILLI_NANOS = 1_000_000;

  private final Clock clock;
  private final LeaseLog log;
  private final DurationHistogram delays = new DurationHistogram();
  private boolean expecting;
  private long expectedNanos;
  private long suspendedNanos;

  PauseMonitor(Clock clock, LeaseLog log) {
    this.clock = clock;
    this.log = log;
    this.suspendedNanos = clock.suspendedNanos();
  }

  /** Supervision begins a pass. */
  void passBegins() {
    long lateNanos = clock.nanos() - expectedNanos;
    if (expecting) {
      delays.record(lateNanos);
    }
    if (expecting && lateNanos > WORTH_A_LINE_NANOS) {
      log.error("paused: supervision comes " + lateNanos / MILLI_NANOS + " ms late");
    }
    long suspended = clock.suspendedNanos();
    if (suspended - suspendedNanos > WORTH_A_LINE_NANOS) {
      log.error(
          "this host was suspended for "
              + (suspended - suspendedNanos) / Clock.SECOND_NANOS
              + " s; no lease counts as held before its host_id is renewed");
    }
    suspendedNanos = suspended;
  }

  /** How late passes began. Any thread. */
  DurationHistogram delays() {
    return delays;
  }

  /** A pass has ended and the next one is due after a time. */
  void nextAfterMillis(int millis) {
    expecting = true;
    expectedNanos = clock.nanos() + millis * MILLI_NANOS;
  }
}
