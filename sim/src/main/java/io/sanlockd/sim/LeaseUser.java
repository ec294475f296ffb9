package io.sanlockd.sim;

/** A process that uses leases. */
interface LeaseUser {
  /** Starts it. */
  void begin();

  /** Main loop: what the daemon may have answered. */
  default void lookForReply() {}

  /** Main loop, right before a pass of supervision. */
  default void beforeSupervision() {}

  /** Main loop, after a pass of supervision. */
  default void lookForSignals() {}

  /** It is gone without having noticed. */
  void machineOff();

  /** The machine does not run for a while. */
  void stalled(long untilNanos);
}
