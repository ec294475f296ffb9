package io.sanlockd.client;

import io.sanlockd.protocol.CommandFlags;

/** How a resource index is used (protocol.md 8.35 to 8.40). */
public enum IndexFlag implements Flag {
  /** The lockspace need not be joined; nothing protects the index from other hosts. */
  NO_LOCKSPACE(CommandFlags.INDEX_NO_LOCKSPACE);

  private final int bit;

  IndexFlag(int bit) {
    this.bit = bit;
  }

  @Override
  public int bit() {
    return bit;
  }
}
