package io.sanlockd.lease.format;

import io.sanlockd.model.LeaseName;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Header of a resource index: 80 bytes in the first sector of its area, without checksum (rindex.md
 * 2).
 *
 * @param flags align size with values of its own: 1M 1, 2M 2, 4M 4, 8M 8
 * @param sectorSize 512 or 4096
 * @param maxResources number of usable entries, 0 = as many as fit
 * @param unused carried along unchanged
 * @param indexOffset offset of the index area on its device
 * @param lockspaceName lockspace the index belongs to
 */
public record IndexHeader(
    int magic,
    int version,
    int flags,
    int sectorSize,
    int maxResources,
    int unused,
    long indexOffset,
    LeaseName lockspaceName) {
  private static final int MAGIC = 0;
  private static final int VERSION = 4;
  private static final int FLAGS = 8;
  private static final int SECTOR_SIZE = 12;
  private static final int MAX_RESOURCES = 16;
  private static final int UNUSED = 20;
  private static final int INDEX_OFFSET = 24;
  private static final int LOCKSPACE_NAME = 32;

  /** Decodes the header that starts at {@code offset}, whatever it is. */
  public static IndexHeader decode(BytesStore<?, ?> store, long offset) {
    return new IndexHeader(
        store.readInt(offset + MAGIC),
        store.readInt(offset + VERSION),
        store.readInt(offset + FLAGS),
        store.readInt(offset + SECTOR_SIZE),
        store.readInt(offset + MAX_RESOURCES),
        store.readInt(offset + UNUSED),
        store.readLong(offset + INDEX_OFFSET),
        Fields.readName(store, offset + LOCKSPACE_NAME));
  }

  /** Encodes the header at {@code offset}. */
  public void encode(BytesStore<?, ?> store, long offset) {
    store.writeInt(offset + MAGIC, magic);
    store.writeInt(offset + VERSION, version);
    store.writeInt(offset + FLAGS, flags);
    store.writeInt(offset + SECTOR_SIZE, sectorSize);
    store.writeInt(offset + MAX_RESOURCES, maxResources);
    store.writeInt(offset + UNUSED, unused);
    store.writeLong(offset + INDEX_OFFSET, indexOffset);
    Fields.writeName(store, offset + LOCKSPACE_NAME, lockspaceName);
  }
}
