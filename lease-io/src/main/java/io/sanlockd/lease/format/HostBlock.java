package io.sanlockd.lease.format;

import net.openhft.chronicle.bytes.BytesStore;

/**
 * What one host writes into its own sector of a paxos lease: ballot state and shared flag
 * (disk-format.md 8). The rest of the sector is written as zeros and ignored when read.
 */
public record HostBlock(Dblock dblock, ModeBlock mode) {
  private static final int MODE_BLOCK = 128;

  /** A host block with nothing in it, all bytes zero. */
  public static final HostBlock CLEARED =
      new HostBlock(new Dblock(0, 0, 0, 0, 0, 0, 0, 0), ModeBlock.NONE);

  /**
   * Decodes the host block whose sector starts at {@code offset}; {@link #CLEARED} itself when
   * there is nothing in it, as in most sectors of most areas.
   */
  public static HostBlock decode(BytesStore<?, ?> store, long offset) {
    if (Dblock.isZeroAt(store, offset) && ModeBlock.isZeroAt(store, offset + MODE_BLOCK)) {
      return CLEARED;
    }
    return new HostBlock(
        Dblock.decode(store, offset), ModeBlock.decode(store, offset + MODE_BLOCK));
  }

  /** Encodes the host block into the sector that starts at {@code offset}. */
  public void encode(BytesStore<?, ?> store, long offset) {
    dblock.encode(store, offset);
    mode.encode(store, offset + MODE_BLOCK);
  }

  /**
   * Whether another copy of the same host's block, without the shared flag, proves that our flag is
   * history: a disk that missed a write keeps what was there before. A host that leaves SHARED
   * keeps its dblock and never claims that version again (I9); its later ballots have larger
   * numbers and versions. Anything else proves nothing.
   */
  public boolean isOutdatedBy(HostBlock copy) {
    Dblock other = copy.dblock;
    boolean left =
        other.released() && other.lver() == dblock.lver() && other.mbal() == dblock.mbal();
    boolean wentOn = other.lver() > dblock.lver() && other.mbal() > dblock.mbal();
    return !copy.mode.isShared() && (left || wentOn);
  }
}
