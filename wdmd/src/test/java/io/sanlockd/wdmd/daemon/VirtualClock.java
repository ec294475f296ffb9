package io.sanlockd.wdmd.daemon;

/** Time that passes when the test says so. */
final class VirtualClock implements MachineClock {
  long nanos;

  @Override
  public long nanos() {
    return nanos;
  }

  static long nanos(double seconds) {
    return Math.round(seconds * SECOND_NANOS);
  }
}
