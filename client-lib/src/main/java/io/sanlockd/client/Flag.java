package io.sanlockd.client;

/** A flag of a command: one bit of the header's flags field (protocol.md 7.1). */
interface Flag {
  /** The bit. */
  int bit();

  /** All bits of the flags. */
  static int bits(Flag... flags) {
    int bits = 0;
    for (Flag flag : flags) {
      bits |= flag.bit();
    }
    return bits;
  }
}
