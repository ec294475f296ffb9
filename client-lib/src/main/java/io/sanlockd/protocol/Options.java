package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;

/**
 * The structure at the end of ACQUIRE (protocol.md 3.5).
 *
 * @param ownerName name shown for the process
 * @param flags ignored
 * @param extraLength ignored; no bytes follow
 */
public record Options(LeaseName ownerName, int flags, int extraLength) {
  /** Length in bytes. */
  public static final int LENGTH = 56;

  /** No name. */
  public static final Options NONE = new Options(LeaseName.EMPTY, 0, 0);

  /** Decodes at the buffer's position and moves it. */
  public static Options decode(ByteBuffer buffer) {
    return new Options(WireFields.name(buffer), buffer.getInt(), buffer.getInt());
  }

  /** Encodes at the buffer's position and moves it. */
  public void encode(ByteBuffer buffer) {
    WireFields.name(buffer, ownerName);
    buffer.putInt(flags).putInt(extraLength);
  }
}
