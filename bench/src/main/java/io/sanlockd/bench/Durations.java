package io.sanlockd.bench;

import java.util.Arrays;

/** Durations of single operations, exact. One thread. */
final class Durations {
  private static final double NANOS_PER_MILLI = 1e6;

  private long[] nanos = new long[1024];
  private int count;

  void add(long durationNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = durationNanos;
  }

  int count() {
    return count;
  }

  /**
   * The smallest duration that at least that part of all does not exceed, in milliseconds.
   *
   * @param part 0..1
   */
  double millis(double part) {
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int index = (int) Math.ceil(part * count) - 1;
    return sorted[Math.max(0, index)] / NANOS_PER_MILLI;
  }
}
