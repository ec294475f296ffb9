package io.sanlockd.daemon.boot;

import io.sanlockd.lease.Clock;
import io.sanlockd.posix.MonotonicClock;

/** The clocks of the kernel. */
final class SystemClock implements Clock {
  @Override
  public long nanos() {
    return MonotonicClock.nanos();
  }

  @Override
  public long suspendedNanos() {
    return MonotonicClock.suspendedNanos();
  }
}
