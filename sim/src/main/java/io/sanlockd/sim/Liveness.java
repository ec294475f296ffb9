package io.sanlockd.sim;

import io.sanlockd.lease.Clock;

/** How long it may take until every lease can be had again. */
final class Liveness {
  /**
   * What is in flight ends, hosts that are off boot, silent owners are waited out (twice, when the
   * host_id has to be waited for as well), and somebody gets his turn.
   */
  static final long BOUND_NANOS = 1200 * Clock.SECOND_NANOS;

  private Liveness() {}

  /** Whether each resource was granted since the counts were taken. */
  static boolean reached(Witness witness, long[] before) {
    for (int i = 0; i < before.length; i++) {
      if (witness.grants(i) == before[i]) {
        return false;
      }
    }
    return true;
  }
}
