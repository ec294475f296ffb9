package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;

/**
 * An entry of a resource index, sanlk_rentry (3.9): name[48] @0, offset u64 @48, flags u32 @56,
 * unused @60.
 *
 * @param name name of the resource, may be empty
 * @param offset of its lease in bytes, 0 when unknown
 * @param flags none defined
 */
public record IndexEntry(LeaseName name, long offset, int flags) {
  /** Bytes on the wire. */
  public static final int LENGTH = 64;

  /** No name, no offset. */
  public static final IndexEntry NONE = new IndexEntry(LeaseName.EMPTY, 0, 0);

  private static final int NAME_AT = 0;
  private static final int OFFSET_AT = 48;
  private static final int FLAGS_AT = 56;

  /**
   * Reads 64 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes
   */
  public static IndexEntry decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "index entry");
    return new IndexEntry(Wire.name(view, NAME_AT), view.getLong(OFFSET_AT), view.getInt(FLAGS_AT));
  }

  /** Writes 64 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    Wire.putName(view, NAME_AT, name);
    view.putLong(OFFSET_AT, offset);
    view.putInt(FLAGS_AT, flags);
  }
}
