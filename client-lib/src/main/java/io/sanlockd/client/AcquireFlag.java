package io.sanlockd.client;

import io.sanlockd.protocol.CommandFlags;

/** How leases are taken (protocol.md 8.7). */
public enum AcquireFlag implements Flag {
  /** Read the value block, so that it can be asked for and set. */
  VALUE_BLOCK(CommandFlags.ACQUIRE_LVB),
  /** Adopt an orphan of the same mode if there is one. */
  ORPHAN(CommandFlags.ACQUIRE_ORPHAN),
  /**
   * Adopt an orphan or fail: -2 without one (3.8.5 takes a fresh lease unless VALUE_BLOCK is given
   * too).
   */
  ORPHAN_ONLY(CommandFlags.ACQUIRE_ORPHAN_ONLY),
  /** -247 at once instead of waiting until a silent owner is certainly dead. */
  OWNER_NOWAIT(CommandFlags.OWNER_NOWAIT);

  private final int bit;

  AcquireFlag(int bit) {
    this.bit = bit;
  }

  @Override
  public int bit() {
    return bit;
  }
}
