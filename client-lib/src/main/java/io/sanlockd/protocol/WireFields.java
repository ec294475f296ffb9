package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Fields that a byte buffer has no method for. Text maps each byte to one char. */
final class WireFields {
  private WireFields() {}

  static LeaseName name(ByteBuffer buffer) {
    byte[] field = new byte[LeaseName.FIELD_LENGTH];
    buffer.get(field);
    return LeaseName.ofField(field);
  }

  static void name(ByteBuffer buffer, LeaseName name) {
    buffer.put(name.toField());
  }

  /** Text in a fixed field that always ends with at least one zero byte. */
  static String text(ByteBuffer buffer, int fieldLength) {
    byte[] field = new byte[fieldLength];
    buffer.get(field);
    int length = 0;
    while (length < fieldLength - 1 && field[length] != 0) {
      length++;
    }
    return new String(field, 0, length, StandardCharsets.ISO_8859_1);
  }

  static void text(ByteBuffer buffer, String text, int fieldLength) {
    byte[] field = new byte[fieldLength];
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, field, 0, Math.min(bytes.length, fieldLength - 1));
    buffer.put(field);
  }
}
