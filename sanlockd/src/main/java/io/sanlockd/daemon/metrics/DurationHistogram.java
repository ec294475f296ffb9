package io.sanlockd.daemon.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often something took how long, in buckets from 1 ms to 50 s, and the longest time. Any thread
 * may record and read; a reader may see an observation in one number and not yet in another.
 */
public final class DurationHistogram {
  private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Upper ends of all buckets but the last, which has none; in milliseconds, inclusive. */
  private static final int[] BOUNDS_MILLIS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000
  };

  private final AtomicLongArray counts = new AtomicLongArray(BOUNDS_MILLIS.length + 1);
  private final AtomicLong sumNanos = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();

  /** Number of buckets, the one without an upper end included. */
  public static int buckets() {
    return BOUNDS_MILLIS.length + 1;
  }

  /** Upper end of a bucket in milliseconds, inclusive; not for the last one. */
  public static int boundMillis(int bucket) {
    return BOUNDS_MILLIS[bucket];
  }

  /**
   * Counts one duration.
   *
   * @param nanos below 0 counts as 0, as two readings of a clock on different processors may give
   */
  public void record(long nanos) {
    long duration = Math.max(0, nanos);
    counts.incrementAndGet(bucketOf(duration));
    sumNanos.addAndGet(duration);
    long longest = longestNanos.get();
    while (duration > longest && !longestNanos.compareAndSet(longest, duration)) {
      longest = longestNanos.get();
    }
  }

  private static int bucketOf(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS_MILLIS.length && nanos > BOUNDS_MILLIS[bucket] * MILLI_NANOS) {
      bucket++;
    }
    return bucket;
  }

  /** How many durations fell into a bucket. */
  public long count(int bucket) {
    return counts.get(bucket);
  }

  /** How many durations there were. */
  public long count() {
    long count = 0;
    for (int bucket = 0; bucket < counts.length(); bucket++) {
      count += counts.get(bucket);
    }
    return count;
  }

  /** All durations together, in nanoseconds. */
  public long sumNanos() {
    return sumNanos.get();
  }

  /** The longest duration, in nanoseconds. */
  public long longestNanos() {
    return longestNanos.get();
  }
}
