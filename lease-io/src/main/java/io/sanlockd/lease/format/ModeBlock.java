package io.sanlockd.lease.format;

import net.openhft.chronicle.bytes.BytesStore;

/**
 * Shared flag of one host in a paxos lease: 16 bytes at byte 128 of its host block (disk-format.md
 * 8).
 *
 * @param flags {@link #SHARED}
 * @param generation generation of the host_id that holds the shared lease
 */
public record ModeBlock(int flags, long generation) {
  /** The host holds the lease shared. */
  public static final int SHARED = 0x1;

  /** A mode block of a host that does not share. */
  public static final ModeBlock NONE = new ModeBlock(0, 0);

  private static final int FLAGS = 0;
  private static final int GENERATION = 8;

  /** The block of a host that holds the lease shared. */
  public static ModeBlock shared(long generation) {
    return new ModeBlock(SHARED, generation);
  }

  static ModeBlock decode(BytesStore<?, ?> store, long offset) {
    return new ModeBlock(store.readInt(offset + FLAGS), store.readLong(offset + GENERATION));
  }

  /** Whether both fields at {@code offset} are zero. */
  static boolean isZeroAt(BytesStore<?, ?> store, long offset) {
    return (store.readInt(offset + FLAGS) | store.readLong(offset + GENERATION)) == 0;
  }

  void encode(BytesStore<?, ?> store, long offset) {
    store.writeInt(offset + FLAGS, flags);
    store.writeLong(offset + GENERATION, generation);
  }

  /** Whether SHARED is set. */
  public boolean isShared() {
    return (flags & SHARED) != 0;
  }
}
