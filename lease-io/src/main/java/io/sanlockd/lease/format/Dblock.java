package io.sanlockd.lease.format;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Ballot state of one host in a paxos lease: 56 bytes at the start of its host block
 * (disk-format.md 8). {@code inp}, {@code inp2}, {@code inp3} are the proposed owner's host_id,
 * generation and timestamp.
 *
 * @param mbal highest ballot number this host has started
 * @param bal ballot number in which {@code inp} was proposed, 0 = nothing proposed
 * @param inp proposed owner, 0 = none
 * @param inp2 generation of the proposed owner
 * @param inp3 timestamp of the proposed owner
 * @param lver lease version being decided
 * @param checksum as stored, over the six fields before
 * @param flags {@link #RELEASED}; not covered by the checksum
 */
public record Dblock(
    long mbal, long bal, long inp, long inp2, long inp3, long lver, int checksum, int flags) {

  /** This host no longer uses the version, whatever the leader says. */
  public static final int RELEASED = 0x1;

  private static final int MBAL = 0;
  private static final int BAL = 8;
  private static final int INP = 16;
  private static final int INP2 = 24;
  private static final int INP3 = 32;
  private static final int LVER = 40;
  private static final int CHECKSUM = 48;
  private static final int FLAGS = 52;

  /** A block with the checksum of its fields. */
  public static Dblock of(
      long mbal, long bal, long inp, long inp2, long inp3, long lver, int flags) {
    Dblock block = new Dblock(mbal, bal, inp, inp2, inp3, lver, 0, flags);
    BytesStore<?, ?> scratch = BytesStore.wrap(new byte[FLAGS + 4]);
    block.encode(scratch, 0);
    return new Dblock(mbal, bal, inp, inp2, inp3, lver, Checksum.ofDblock(scratch, 0), flags);
  }

  /** Decodes the block at {@code offset}, whatever it is. */
  public static Dblock decode(BytesStore<?, ?> store, long offset) {
    return new Dblock(
        store.readLong(offset + MBAL),
        store.readLong(offset + BAL),
        store.readLong(offset + INP),
        store.readLong(offset + INP2),
        store.readLong(offset + INP3),
        store.readLong(offset + LVER),
        store.readInt(offset + CHECKSUM),
        store.readInt(offset + FLAGS));
  }

  /** Whether all bytes of the block at {@code offset} are zero. */
  static boolean isZeroAt(BytesStore<?, ?> store, long offset) {
    return (store.readLong(offset + MBAL)
            | store.readLong(offset + BAL)
            | store.readLong(offset + INP)
            | store.readLong(offset + INP2)
            | store.readLong(offset + INP3)
            | store.readLong(offset + LVER)
            | store.readInt(offset + CHECKSUM)
            | store.readInt(offset + FLAGS))
        == 0;
  }

  /** Encodes the block at {@code offset}. */
  public void encode(BytesStore<?, ?> store, long offset) {
    store.writeLong(offset + MBAL, mbal);
    store.writeLong(offset + BAL, bal);
    store.writeLong(offset + INP, inp);
    store.writeLong(offset + INP2, inp2);
    store.writeLong(offset + INP3, inp3);
    store.writeLong(offset + LVER, lver);
    store.writeInt(offset + CHECKSUM, checksum);
    store.writeInt(offset + FLAGS, flags);
  }

  /**
   * Whether the block at {@code offset} may be believed: right checksum, or never written, which
   * looks at neither inp2, inp3 nor flags.
   */
  public static boolean validAt(BytesStore<?, ?> store, long offset) {
    int stored = store.readInt(offset + CHECKSUM);
    boolean neverWritten =
        stored == 0
            && store.readLong(offset + MBAL) == 0
            && store.readLong(offset + BAL) == 0
            && store.readLong(offset + INP) == 0
            && store.readLong(offset + LVER) == 0;
    return neverWritten || stored == Checksum.ofDblock(store, offset);
  }

  /** Whether RELEASED is set. */
  public boolean released() {
    return (flags & RELEASED) != 0;
  }

  /**
   * Whether the newest of several copies of one host's block carries RELEASED; a disk that missed
   * writes keeps an older one, which says nothing.
   *
   * @param copies at least one
   */
  public static boolean newestReleased(List<Dblock> copies) {
    Dblock newest =
        Collections.max(
            copies, Comparator.comparingLong(Dblock::lver).thenComparingLong(Dblock::mbal));
    return copies.stream()
        .anyMatch(c -> c.lver == newest.lver && c.mbal == newest.mbal && c.released());
  }

  /** The same block with RELEASED set; the checksum does not cover the flag. */
  public Dblock withReleased() {
    return new Dblock(mbal, bal, inp, inp2, inp3, lver, checksum, flags | RELEASED);
  }
}
