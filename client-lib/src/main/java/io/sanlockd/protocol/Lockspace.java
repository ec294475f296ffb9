package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;

/**
 * A lockspace (protocol.md 3.4).
 *
 * @param name lockspace name
 * @param hostId our host_id in it
 * @param flags {@link #ADD}, {@link #REM} and sizes
 * @param disk where it lies
 */
public record Lockspace(LeaseName name, long hostId, int flags, Disk disk) {
  /** Length in bytes. */
  public static final int LENGTH = 1104;

  /** In a list: being added. */
  public static final int ADD = 0x1;

  /** In a list: being removed. */
  public static final int REM = 0x2;

  /** Decodes at the buffer's position and moves it. */
  public static Lockspace decode(ByteBuffer buffer) {
    LeaseName name = WireFields.name(buffer);
    long hostId = buffer.getLong();
    int flags = buffer.getInt();
    buffer.getInt();
    return new Lockspace(name, hostId, flags, Disk.decode(buffer));
  }

  /** Encodes at the buffer's position and moves it. */
  public void encode(ByteBuffer buffer) {
    WireFields.name(buffer, name);
    buffer.putLong(hostId).putInt(flags).putInt(0);
    disk.encode(buffer);
  }
}
