package io.sanlockd.lease.format;

import net.openhft.chronicle.bytes.BytesStore;

/**
 * Asks the holder of a paxos lease to give it up: 24 bytes in sector 1 (disk-format.md 7).
 *
 * @param lver requested lease version, 0 = no request
 * @param forceMode 0 none, 1 force, 2 graceful
 */
public record RequestRecord(int magic, int version, long lver, int forceMode) {
  private static final int MAGIC = 0;
  private static final int VERSION = 4;
  private static final int LVER = 8;
  private static final int FORCE_MODE = 16;

  /** No request, as initialisation writes it. */
  public static final RequestRecord NONE =
      new RequestRecord(Magic.REQUEST, FormatVersion.REQUEST, 0, 0);

  /** Decodes the record whose sector starts at {@code offset}; the padding is ignored. */
  public static RequestRecord decode(BytesStore<?, ?> store, long offset) {
    return new RequestRecord(
        store.readInt(offset + MAGIC),
        store.readInt(offset + VERSION),
        store.readLong(offset + LVER),
        store.readInt(offset + FORCE_MODE));
  }

  /** Encodes the record into the sector that starts at {@code offset}. */
  public void encode(BytesStore<?, ?> store, long offset) {
    store.writeInt(offset + MAGIC, magic);
    store.writeInt(offset + VERSION, version);
    store.writeLong(offset + LVER, lver);
    store.writeInt(offset + FORCE_MODE, forceMode);
  }
}
