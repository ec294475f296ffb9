package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;

/**
 * Behind the resources of an acquire, sanlk_options (3.5): owner_name[48] @0, flags u32 @48, len
 * u32 @52. The last two are ignored by the daemon, and no bytes follow whatever len says.
 *
 * @param ownerName shown by status in place of the pid
 * @param flags ignored
 * @param extraLength ignored
 */
public record Options(LeaseName ownerName, int flags, int extraLength) {
  /** Bytes on the wire. */
  public static final int LENGTH = 56;

  /** No owner name. */
  public static final Options NONE = new Options(LeaseName.EMPTY, 0, 0);

  private static final int OWNER_NAME_AT = 0;
  private static final int FLAGS_AT = 48;
  private static final int EXTRA_LENGTH_AT = 52;

  /**
   * Reads 56 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes
   */
  public static Options decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "options");
    return new Options(
        Wire.name(view, OWNER_NAME_AT), view.getInt(FLAGS_AT), view.getInt(EXTRA_LENGTH_AT));
  }

  /** Writes 56 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    Wire.putName(view, OWNER_NAME_AT, ownerName);
    view.putInt(FLAGS_AT, flags);
    view.putInt(EXTRA_LENGTH_AT, extraLength);
  }
}
