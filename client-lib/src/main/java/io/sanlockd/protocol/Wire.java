package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Cutting fixed little-endian structures out of a buffer, independent of the buffer's own order.
 */
final class Wire {
  private Wire() {}

  /** The next {@code length} bytes as a little-endian view; moves the position behind them. */
  static ByteBuffer take(ByteBuffer source, int length, String structure) throws ProtocolException {
    if (source.remaining() < length) {
      throw new ProtocolException(
          structure + " needs " + length + " bytes, got " + source.remaining());
    }
    return view(source, length);
  }

  /** Room for {@code length} zero bytes; moves the position of the target behind them. */
  static ByteBuffer room(ByteBuffer target, int length) {
    ByteBuffer view = view(target, length);
    for (int i = 0; i < length; i++) {
      view.put(i, (byte) 0);
    }
    return view;
  }

  private static ByteBuffer view(ByteBuffer buffer, int length) {
    ByteBuffer view = buffer.slice(buffer.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(buffer.position() + length);
    return view;
  }

  static LeaseName name(ByteBuffer view, int offset) {
    byte[] field = new byte[LeaseName.FIELD_LENGTH];
    view.get(offset, field);
    return LeaseName.ofField(field);
  }

  static void putName(ByteBuffer view, int offset, LeaseName name) {
    view.put(offset, name.toField());
  }

  /** Text up to the first zero byte, which must lie inside the field. */
  static String text(ByteBuffer view, int offset, int fieldLength, String structure)
      throws ProtocolException {
    byte[] field = new byte[fieldLength];
    view.get(offset, field);
    int length = 0;
    while (length < fieldLength && field[length] != 0) {
      length++;
    }
    if (length == fieldLength) {
      throw new ProtocolException(structure + " is not terminated within " + fieldLength);
    }
    return new String(field, 0, length, StandardCharsets.ISO_8859_1);
  }

  static void putText(ByteBuffer view, int offset, String text) {
    view.put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Whether text fits a field with its terminator: chars 1..255 only. */
  static boolean fits(String text, int fieldLength) {
    if (text.length() >= fieldLength) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 0 || text.charAt(i) > 255) {
        return false;
      }
    }
    return true;
  }
}
