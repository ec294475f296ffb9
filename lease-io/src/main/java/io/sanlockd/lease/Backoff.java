package io.sanlockd.lease;

/**
 * Random waits between attempts that meet rivals. They grow: the first is short, because most
 * rivals are ready in a moment and who sleeps much longer than that sees none of the moments at
 * which it could go on; the last is long, so that rivals on slow storage come one after the other.
 * One thread at a time.
 */
public final class Backoff {
  private final Randomness randomness;
  private final long firstBoundNanos;
  private final long lastBoundNanos;
  private long boundNanos;

  /**
   * No attempt made yet.
   *
   * @param firstBoundNanos the longest first wait
   * @param lastBoundNanos the longest wait at all
   */
  public Backoff(Randomness randomness, long firstBoundNanos, long lastBoundNanos) {
    this.randomness = randomness;
    this.firstBoundNanos = firstBoundNanos;
    this.lastBoundNanos = lastBoundNanos;
    this.boundNanos = firstBoundNanos;
  }

  /** How long to wait now, at least 1 ns; next time it may be twice as long. */
  public long nextNanos() {
    long bound = boundNanos;
    boundNanos = Math.min(2 * bound, lastBoundNanos);
    return 1 + randomness.below(bound);
  }

  /** The rivals are gone: the next wait is a first one. */
  public void restart() {
    boundNanos = firstBoundNanos;
  }
}
