package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.Randomness;

/**
 * How long ballots have been lost in a row, and how long to wait before the next one. An acquire
 * that gets nowhere for too long gives up instead of trying for ever (paxos-lease.md 26, liveness
 * 1).
 */
final class Contention {
  private static final long LIMIT_NANOS = 30 * Clock.SECOND_NANOS;

  /**
   * The first wait is about as long as a few ballots on ordinary storage, for who sleeps much
   * longer than its rivals need for a lease sees none of the moments at which it is free. Waits
   * double until hosts on slow storage, too, come one after the other.
   */
  private static final long FIRST_BACKOFF_BOUND_NANOS = Clock.SECOND_NANOS / 32;

  private static final long LAST_BACKOFF_BOUND_NANOS = Clock.SECOND_NANOS;

  private final Clock clock;
  private final Randomness randomness;
  private boolean lasting;
  private long beganNanos;
  private long backoffBoundNanos = FIRST_BACKOFF_BOUND_NANOS;

  Contention(Clock clock, Randomness randomness) {
    this.clock = clock;
    this.randomness = randomness;
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
    long bound = backoffBoundNanos;
    backoffBoundNanos = Math.min(2 * bound, LAST_BACKOFF_BOUND_NANOS);
    return 1 + randomness.below(bound);
  }

  /** What happens now is not contention: waiting for a silent owner takes its time. */
  void over() {
    lasting = false;
    backoffBoundNanos = FIRST_BACKOFF_BOUND_NANOS;
  }
}
