package io.sanlockd.lease.format;

import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * The checksum of lease records: CRC-32C with initial register 0xFFFFFFFE and no final inversion
 * (disk-format.md 3). The JDK's intrinsic CRC-32C has another initial register; as the CRC is
 * linear, for a fixed length the two differ by a constant, which lets us use the intrinsic.
 */
final class Checksum {
  private static final int CORRECTION_48 = 0x1C291D04;
  private static final int CORRECTION_168 = 0xDAECE73E;

  private Checksum() {}

  /** Checksum of the 168 bytes of a leader record that starts at {@code offset}. */
  static int ofLeader(BytesStore<?, ?> store, long offset) {
    return of(store, offset, 168) ^ CORRECTION_168;
  }

  /** Checksum of the 48 bytes of a dblock that starts at {@code offset}. */
  static int ofDblock(BytesStore<?, ?> store, long offset) {
    return of(store, offset, 48) ^ CORRECTION_48;
  }

  private static int of(BytesStore<?, ?> store, long offset, int length) {
    byte[] bytes = new byte[length];
    Fields.readBytes(store, offset, bytes);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return ~(int) crc.getValue();
  }
}
