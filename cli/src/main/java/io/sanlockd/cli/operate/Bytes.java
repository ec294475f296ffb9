package io.sanlockd.cli.operate;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Between Unicode and text with one char for each byte, which the rest of the program uses. */
public final class Bytes {
  private Bytes() {}

  /** UTF-8 bytes of a text, one char each. */
  public static String of(String unicode) {
    return new String(unicode.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Bytes read as UTF-8, or as ISO-8859-1 when they are not. */
  public static String toUnicode(String bytes) {
    ByteBuffer raw = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(raw).toString();
    } catch (CharacterCodingException e) {
      return bytes;
    }
  }
}
