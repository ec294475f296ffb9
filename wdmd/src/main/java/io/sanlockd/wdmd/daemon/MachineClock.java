package io.sanlockd.wdmd.daemon;

import java.util.concurrent.TimeUnit;

/** CLOCK_MONOTONIC, the clock that clients' times are in. */
@FunctionalInterface
interface MachineClock {
  /** Nanoseconds in a second. */
  long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  long nanos();

  /** Whole seconds, rounded down. */
  default long seconds() {
    return nanos() / SECOND_NANOS;
  }
}
