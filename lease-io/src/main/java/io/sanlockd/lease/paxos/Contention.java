package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Backoff;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.Randomness;

/**
 * How long ballots have been lost in a row, and how long to wait before the next one. An acquire
 * that gets nowhere for too long gives up instead of trying for ever (paxos-lease.md 26, liveness
 * 1).
 */
final class Contention {
  private static final long LIMIT_NANOS = 30 * Clock.SECOND_NANOS;

  /** About as long as a few ballots on ordinary storage. */
  private static final long FIRST_WAIT_NANOS = Clock.SECOND_NANOS / 32;

  private static final long LAST_WAIT_NANOS = Clock.SECOND_NANOS;

  private final Clock clock;
  private final Backoff backoff;
  private boolean lasting;
  private long beganNanos;

  Contention(Clock clock, Randomness randomness) {
    this.clock = clock;
    this.backoff = new Backoff(randomness, FIRST_WAIT_NANOS, LAST_WAIT_NANOS);
  }

  /** Another attempt came to nothing; true when that has lasted too long. */
  boolean lastsTooLong() {
    if (!lasting) {
      lasting = true;
      beganNanos = clock.nanos();
    }
    return clock.nanos() - beganNanos > LIMIT_NANOS;
  }

  /** A random time to wait before the next ballot, at least 1 ns; longer from loss to loss. */
  long backoffNanos() {
    return backoff.nextNanos();
  }

  /** What happens now is not contention: waiting for a silent owner takes its time. */
  void over() {
    lasting = false;
    backoff.restart();
  }
}
