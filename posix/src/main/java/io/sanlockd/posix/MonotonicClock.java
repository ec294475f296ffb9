package io.sanlockd.posix;

/**
 * The clock of everything that reaches the disk, the watchdog daemon or another host. Any thread;
 * allocation-free after the first call of a thread.
 */
public final class MonotonicClock {
  private static final int CLOCK_MONOTONIC = 1;
  private static final int CLOCK_BOOTTIME = 7;
  private static final int SAMPLES = 5;
  private static final long SAMPLE_NANOS = 1_000_000L;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private MonotonicClock() {}

  /** CLOCK_MONOTONIC in nanoseconds. */
  public static long nanos() {
    return nanos(CLOCK_MONOTONIC);
  }

  /** CLOCK_MONOTONIC in whole seconds, rounded down. */
  public static long seconds() {
    Native.Scratch scratch = read(CLOCK_MONOTONIC);
    return scratch.buffer.getLong(0);
  }

  /** CLOCK_BOOTTIME in nanoseconds: like {@link #nanos()} plus the time spent suspended. */
  public static long bootNanos() {
    return nanos(CLOCK_BOOTTIME);
  }

  /**
   * How long this host has been suspended since it was started, in nanoseconds: constant between
   * two suspends, to within {@value #SAMPLE_NANOS} ns unless this thread is interrupted again and
   * again.
   */
  public static long suspendedNanos() {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < SAMPLES; i++) {
      long before = nanos();
      long boot = bootNanos();
      long after = nanos();
      // Whatever happens between the readings makes the difference larger, never smaller.
      best = Math.min(best, boot - before);
      if (after - before <= SAMPLE_NANOS) {
        break;
      }
    }
    return best;
  }

  private static long nanos(int clock) {
    Native.Scratch scratch = read(clock);
    return scratch.buffer.getLong(0) * NANOS_PER_SECOND + scratch.buffer.getLong(8);
  }

  private static Native.Scratch read(int clock) {
    Native.Scratch scratch = Native.scratch();
    if (Native.C.clock_gettime(clock, scratch.address) != 0) {
      throw new IllegalStateException("clock_gettime: " + Errno.name(Native.errno()));
    }
    return scratch;
  }
}
