package io.sanlockd.protocol;

import io.sanlockd.model.Check;
import java.nio.ByteBuffer;

/**
 * The program to run instead of sending SIGTERM (3.12): path[128] @0, arguments[128] @128. The last
 * byte of each field is taken as a terminator whatever it is.
 *
 * @param path 0..127 bytes
 * @param arguments 0..127 bytes, blanks and backslashes escaped with a backslash
 */
public record Killpath(String path, String arguments) {
  /** Bytes on the wire. */
  public static final int LENGTH = 256;

  /** Bytes of each field with its terminator. */
  public static final int FIELD_LENGTH = 128;

  private static final int PATH_AT = 0;
  private static final int ARGUMENTS_AT = 128;

  /** Checks that both fit. */
  public Killpath {
    Check.argument(Wire.fits(path, FIELD_LENGTH), "killpath longer than 127 bytes");
    Check.argument(Wire.fits(arguments, FIELD_LENGTH), "killpath arguments longer than 127 bytes");
  }

  /**
   * Reads 256 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes
   */
  public static Killpath decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "killpath");
    ByteBuffer copy = ByteBuffer.allocate(LENGTH).put(view);
    copy.put(PATH_AT + FIELD_LENGTH - 1, (byte) 0);
    copy.put(ARGUMENTS_AT + FIELD_LENGTH - 1, (byte) 0);
    return new Killpath(
        Wire.text(copy, PATH_AT, FIELD_LENGTH, "killpath"),
        Wire.text(copy, ARGUMENTS_AT, FIELD_LENGTH, "killpath arguments"));
  }

  /** Writes 256 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    Wire.putText(view, PATH_AT, path);
    Wire.putText(view, ARGUMENTS_AT, arguments);
  }
}
