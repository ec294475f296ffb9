package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Clock;

/**
 * How long ballots have been lost in a row. An acquire that gets nowhere for too long gives up
 * instead of trying for ever (paxos-lease.md 26, liveness 1).
 */
final class Contention {
  private static final long LIMIT_NANOS = 30 * Clock.SECOND_NANOS;

  private final Clock clock;
  private boolean lasting;
  private long beganNanos;

  Contention(Clock clock) {
    this.clock = clock;
  }

  /** Another attempt came to nothing; true when that has lasted too long. */
  boolean lastsTooLong() {
    if (!lasting) {
      lasting = true;
      beganNanos = clock.nanos();
    }
    return clock.nanos() - beganNanos > LIMIT_NANOS;
  }

  /** What happens now is not contention: waiting for a silent owner takes its time. */
  void over() {
    lasting = false;
  }
}
