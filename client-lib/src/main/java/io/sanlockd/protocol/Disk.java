package io.sanlockd.protocol;

import io.sanlockd.model.Check;
import java.nio.ByteBuffer;

/**
 * Where a lease lies, sanlk_disk (3.2): path[1024] @0, offset u64 @1024, pad1 u32 @1032, pad2
 * u32 @1036.
 *
 * @param path file or device, 0..1023 bytes, one char for each byte
 * @param offset in bytes from the start of the file or device, unsigned
 * @param pad1 sector size in some replies; of no meaning to a receiver
 * @param pad2 descriptor number in some replies; of no meaning to a receiver
 */
public record Disk(String path, long offset, int pad1, int pad2) {
  /** Bytes on the wire. */
  public static final int LENGTH = 1040;

  /** Bytes of the path field, terminator included. */
  public static final int PATH_LENGTH = 1024;

  /** No path, offset 0. */
  public static final Disk NONE = new Disk("", 0);

  private static final int PATH_AT = 0;
  private static final int OFFSET_AT = 1024;
  private static final int PAD1_AT = 1032;
  private static final int PAD2_AT = 1036;

  /** Checks that the path fits its field. */
  public Disk {
    Check.argument(Wire.fits(path, PATH_LENGTH), "path longer than 1023 bytes or not a byte text");
  }

  /** A disk with zero pads, as every sender should write it. */
  public Disk(String path, long offset) {
    this(path, offset, 0, 0);
  }

  /**
   * Reads 1040 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes or the path has no terminator
   */
  public static Disk decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "disk");
    return new Disk(
        Wire.text(view, PATH_AT, PATH_LENGTH, "path"),
        view.getLong(OFFSET_AT),
        view.getInt(PAD1_AT),
        view.getInt(PAD2_AT));
  }

  /** Writes 1040 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    Wire.putText(view, PATH_AT, path);
    view.putLong(OFFSET_AT, offset);
    view.putInt(PAD1_AT, pad1);
    view.putInt(PAD2_AT, pad2);
  }
}
