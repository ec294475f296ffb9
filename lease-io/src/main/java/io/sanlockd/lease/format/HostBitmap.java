package io.sanlockd.lease.format;

import io.sanlockd.model.Check;
import java.util.BitSet;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Bits by which a host asks others to look at events and requests: bytes 256..511 of the writer's
 * own delta lease sector, bit of host N in byte {@code (N-1)/8}, least significant bit first
 * (disk-format.md 5). Immutable.
 */
public final class HostBitmap {
  /** No host is asked. */
  public static final HostBitmap NONE = new HostBitmap(new byte[0]);

  private static final int LENGTH = 256;
  private static final int OFFSET = 256;

  private final byte[] bits;

  private HostBitmap(byte[] bits) {
    this.bits = bits;
  }

  /** The bitmap with the bits of these hosts; bit 0 of the set stands for host_id 1. */
  public static HostBitmap of(BitSet hostIndexes) {
    Check.argument(hostIndexes.length() <= LENGTH * 8, "host_id out of range");
    return new HostBitmap(hostIndexes.toByteArray());
  }

  /** Whether the bit of {@code hostId} is set in the sector that starts at {@code offset}. */
  public static boolean isSet(BytesStore<?, ?> store, long offset, long hostId) {
    long index = hostId - 1;
    Check.argument(index >= 0 && index < LENGTH * 8L, "host_id out of range");
    return (store.readByte(offset + OFFSET + index / 8) >> (index % 8) & 1) != 0;
  }

  /** Writes the bits into the zeroed sector that starts at {@code offset}. */
  public void encode(BytesStore<?, ?> store, long offset) {
    store.write(offset + OFFSET, bits);
  }
}
