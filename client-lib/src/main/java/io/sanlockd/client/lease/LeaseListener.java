package io.sanlockd.client.lease;

import java.time.Duration;

/**
 * Is told what happens to a lease. {@link #lost} has a thread of its own; the others share one
 * among all leases of a {@link Leases}, so that a slow listener delays them (and the oldest of 256
 * waiting calls is dropped), but never a loss. An exception is logged and otherwise ignored.
 */
public interface LeaseListener {
  /**
   * The lease is no longer held. Called once at most, and never after the lease was closed: stop
   * using what it protects, then close it.
   */
  default void lost(Lease lease, LeaseLoss loss) {}

  /**
   * The daemon renews late: more than four io_timeouts have passed, after eight the lease is lost.
   * Called once until {@link #renewed}.
   *
   * @param sinceRenewal age of the last renewal
   */
  default void renewalLate(Lease lease, Duration sinceRenewal) {}

  /** The renewal that was late has come. */
  default void renewed(Lease lease) {}

  /**
   * Another host asks for the lease ({@link Leases#askForRelease}). Nothing happens to a holder
   * that does not answer. Comes again when the other asks again later than 45 seconds after its
   * daemon stopped sending the wish, which it does for 6 io_timeouts; before, it is the same wish.
   *
   * @param event who asks
   */
  default void requested(Lease lease, HostNotice event) {}
}
