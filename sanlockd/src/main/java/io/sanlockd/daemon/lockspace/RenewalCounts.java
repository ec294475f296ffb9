package io.sanlockd.daemon.lockspace;

import io.sanlockd.daemon.metrics.DurationHistogram;
import io.sanlockd.lease.delta.Renewal;
import io.sanlockd.model.ResultCode;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How the renewals of one lockspace go, since it was joined. Recorded by its renewal thread, read
 * by any.
 */
public final class RenewalCounts {
  private final DurationHistogram reads = new DurationHistogram();
  private final DurationHistogram writes = new DurationHistogram();
  private final DurationHistogram delays = new DurationHistogram();
  private final AtomicLong successes = new AtomicLong();
  private final AtomicLong timeouts = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();

  RenewalCounts() {}

  void ended(Renewal renewal) {
    if (renewal.readNanos() >= 0) {
      reads.record(renewal.readNanos());
    }
    if (renewal.writeNanos() >= 0) {
      writes.record(renewal.writeNanos());
    }
    if (renewal.succeeded()) {
      successes.incrementAndGet();
    } else if (renewal.result() == ResultCode.AIO_TIMEOUT.number()) {
      timeouts.incrementAndGet();
    } else {
      errors.incrementAndGet();
    }
  }

  void woken(long lateNanos) {
    delays.record(lateNanos);
  }

  /** Reads of the lockspace area that have ended in time. */
  public DurationHistogram reads() {
    return reads;
  }

  /** Writes of our own sector that have ended in time. */
  public DurationHistogram writes() {
    return writes;
  }

  /** How much later than it wanted to the thread went on after it slept. */
  public DurationHistogram delays() {
    return delays;
  }

  /** Renewals that succeeded. */
  public long successes() {
    return successes.get();
  }

  /** Attempts that ended because a read or write did not end in time. */
  public long timeouts() {
    return timeouts.get();
  }

  /** Attempts that failed otherwise. */
  public long errors() {
    return errors.get();
  }
}
