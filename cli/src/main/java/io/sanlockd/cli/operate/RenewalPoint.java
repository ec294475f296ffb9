package io.sanlockd.cli.operate;

import io.sanlockd.client.State;

/**
 * A past renewal (protocol.md 9.7).
 *
 * @param timestamp seconds of the daemon's clock
 * @param failures attempts that failed or timed out after it, before the next success
 */
record RenewalPoint(long timestamp, long readMillis, long writeMillis, long failures) {
  static RenewalPoint of(State state) {
    return new RenewalPoint(
        Values.number(state, "timestamp", 0),
        Values.number(state, "read_ms", 0),
        Values.number(state, "write_ms", 0),
        Values.number(state, "next_timeouts", 0) + Values.number(state, "next_errors", 0));
  }

  /** The slower of its two operations; each has the io_timeout as its limit. */
  long slowestMillis() {
    return Math.max(readMillis, writeMillis);
  }
}
