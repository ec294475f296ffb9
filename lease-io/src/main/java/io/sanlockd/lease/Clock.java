package io.sanlockd.lease;

/** The monotonic clock of this host. Never compared with another host's clock; thread-safe. */
@FunctionalInterface
public interface Clock {
  /** Nanoseconds in one second. */
  long SECOND_NANOS = 1_000_000_000L;

  /** Nanoseconds of CLOCK_MONOTONIC. */
  long nanos();

  /** Whole seconds of CLOCK_MONOTONIC, truncated: the unit of timestamps on disk. */
  default long seconds() {
    return nanos() / SECOND_NANOS;
  }

  /**
   * How long this host has been suspended since it was started, which {@link #nanos} leaves out.
   */
  default long suspendedNanos() {
    return 0;
  }

  /**
   * Nanoseconds that go on while the host is suspended, for durations: whether what was read is too
   * old to write after it.
   */
  default long elapsedNanos() {
    return nanos() + suspendedNanos();
  }
}
