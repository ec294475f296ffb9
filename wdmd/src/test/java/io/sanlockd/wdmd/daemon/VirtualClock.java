package io.sanlockd.wdmd.daemon;

/** Time that passes when the test says so. */
final class VirtualClock implements MachineClock {
  long nanos;

  /** What the machine does before the clock is read once more. */
  Runnable beforeReading = () -> {};

  @Override
  public long nanos() {
    beforeReading.run();
    return nanos;
  }

  static long nanos(double seconds) {
    return Math.round(seconds * SECOND_NANOS);
  }
}
