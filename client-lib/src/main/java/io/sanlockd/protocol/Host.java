package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * A host as GET_HOSTS and READ_RESOURCE_OWNERS show it (protocol.md 3.6).
 *
 * @param flags state in the low four bits
 */
public record Host(long hostId, long generation, long timestamp, int ioTimeout, int flags) {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /** Decodes at the buffer's position and moves it. */
  public static Host decode(ByteBuffer buffer) {
    return new Host(
        buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getInt(), buffer.getInt());
  }

  /** Encodes at the buffer's position and moves it. */
  public void encode(ByteBuffer buffer) {
    buffer.putLong(hostId).putLong(generation).putLong(timestamp);
    buffer.putInt(ioTimeout).putInt(flags);
  }
}
