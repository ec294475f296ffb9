package io.sanlockd.client;

import io.sanlockd.protocol.CommandFlags;

/** How a lockspace is left (protocol.md 8.3). */
public enum RemoveFlag implements Flag {
  /** Return as soon as leaving has begun. */
  ASYNC(CommandFlags.REM_ASYNC),
  /** -16 when a lease of the lockspace is in use, instead of killing its holder. */
  UNUSED(CommandFlags.REM_UNUSED);

  private final int bit;

  RemoveFlag(int bit) {
    this.bit = bit;
  }

  @Override
  public int bit() {
    return bit;
  }
}
