package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * A place on storage (protocol.md 3.2).
 *
 * @param path file or device, at most 1023 bytes
 * @param offset bytes
 * @param pad1 in some replies the storage's sector size, else to be ignored
 * @param pad2 in some replies a descriptor number, else to be ignored
 */
public record Disk(String path, long offset, int pad1, int pad2) {
  /** Length in bytes. */
  public static final int LENGTH = 1040;

  private static final int PATH_LENGTH = 1024;

  /** A place without the daemon's internal values. */
  public Disk(String path, long offset) {
    this(path, offset, 0, 0);
  }

  /** Decodes at the buffer's position and moves it. */
  public static Disk decode(ByteBuffer buffer) {
    return new Disk(
        WireFields.text(buffer, PATH_LENGTH), buffer.getLong(), buffer.getInt(), buffer.getInt());
  }

  /** Encodes at the buffer's position and moves it. */
  public void encode(ByteBuffer buffer) {
    WireFields.text(buffer, path, PATH_LENGTH);
    buffer.putLong(offset).putInt(pad1).putInt(pad2);
  }
}
