package io.sanlockd.daemon.metrics;

import java.util.concurrent.atomic.AtomicLong;

/** What deciding about leases took. Any thread. */
public final class AcquireCounts {
  private final AtomicLong ballots = new AtomicLong();
  private final AtomicLong repeatedBallots = new AtomicLong();
  private final AtomicLong repeatedAcquires = new AtomicLong();

  /**
   * An acquire or conversion has ended.
   *
   * @param number ballots it ran, 0 when it was refused before the first
   */
  public void ballots(int number) {
    ballots.addAndGet(number);
    repeatedBallots.addAndGet(Math.max(0, number - 1));
  }

  /** An acquire begins anew because another host was faster and the lease may be free again. */
  public void acquireRepeated() {
    repeatedAcquires.incrementAndGet();
  }

  /** Ballots run. */
  public long ballots() {
    return ballots.get();
  }

  /** Those of them that followed another one of the same acquire. */
  public long repeatedBallots() {
    return repeatedBallots.get();
  }

  /** Acquires begun anew. */
  public long repeatedAcquires() {
    return repeatedAcquires.get();
  }
}
