package io.sanlockd.lease.delta;

import io.sanlockd.lease.format.HostBitmap;

/**
 * What a renewal publishes to other hosts beside being alive: which of them should look, and the
 * event for them (lockspace.md 9, 10).
 *
 * @param bitmap the hosts that should look
 * @param eventGeneration generation of the target host
 * @param event event bits, 0 = none
 * @param eventData data of the event
 */
public record HostNotice(HostBitmap bitmap, long eventGeneration, long event, long eventData) {
  /** Nothing to tell anybody. */
  public static final HostNotice NONE = new HostNotice(HostBitmap.NONE, 0, 0, 0);
}
