package io.sanlockd.lease.format;

import io.sanlockd.model.LeaseName;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * One entry of a resource index, 64 bytes (rindex.md 3).
 *
 * @param resourceOffset absolute byte offset of the lease area, 0 when free
 * @param name resource name, empty when free
 */
public record IndexEntry(long resourceOffset, int flags, int unused, LeaseName name) {
  /** Length of an entry in bytes. */
  public static final int LENGTH = 64;

  private static final int RESOURCE_OFFSET = 0;
  private static final int FLAGS = 8;
  private static final int UNUSED = 12;
  private static final int NAME = 16;

  /** Decodes the entry that starts at {@code offset}. */
  public static IndexEntry decode(BytesStore<?, ?> store, long offset) {
    return new IndexEntry(
        store.readLong(offset + RESOURCE_OFFSET),
        store.readInt(offset + FLAGS),
        store.readInt(offset + UNUSED),
        Fields.readName(store, offset + NAME));
  }

  /** Encodes the entry at {@code offset}. */
  public void encode(BytesStore<?, ?> store, long offset) {
    store.writeLong(offset + RESOURCE_OFFSET, resourceOffset);
    store.writeInt(offset + FLAGS, flags);
    store.writeInt(offset + UNUSED, unused);
    Fields.writeName(store, offset + NAME, name);
  }

  /** Whether the entry may be used for a new resource. */
  public boolean isFree() {
    return resourceOffset == 0 && name.isEmpty();
  }
}
