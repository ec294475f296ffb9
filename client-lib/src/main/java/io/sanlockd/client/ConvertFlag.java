package io.sanlockd.client;

import io.sanlockd.protocol.CommandFlags;

/** How the mode of a lease is changed (protocol.md 8.27). */
public enum ConvertFlag implements Flag {
  /** -247 at once instead of waiting until a silent owner is certainly dead. */
  OWNER_NOWAIT(CommandFlags.OWNER_NOWAIT);

  private final int bit;

  ConvertFlag(int bit) {
    this.bit = bit;
  }

  @Override
  public int bit() {
    return bit;
  }
}
