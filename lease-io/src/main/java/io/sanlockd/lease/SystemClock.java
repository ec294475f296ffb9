package io.sanlockd.lease;

import io.sanlockd.posix.MonotonicClock;

/** The clocks of the kernel. */
public final class SystemClock implements Clock {
  @Override
  public long nanos() {
    return MonotonicClock.nanos();
  }

  @Override
  public long suspendedNanos() {
    return MonotonicClock.suspendedNanos();
  }
}
