package io.sanlockd.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The name of a lockspace, resource or host: 0 to 48 arbitrary non-zero bytes, as stored in a fixed
 * field of 48 bytes padded with zeros. A name of exactly 48 bytes has no terminator. Comparison is
 * bytewise and no character set is implied; text conversion maps each byte to one char (ISO-8859-1)
 * so that every name survives a round trip. Immutable (disk-format.md 1, protocol.md 3).
 */
public final class LeaseName {
  /** Length in bytes of the field that holds a name on disk and on the wire. */
  public static final int FIELD_LENGTH = 48;

  /** The empty name: a wildcard in read requests, the owner of a lease never taken on disk. */
  public static final LeaseName EMPTY = new LeaseName(new byte[0]);

  private final byte[] bytes;

  private LeaseName(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The name in a field: everything before the first zero byte, at most 48 bytes.
   *
   * @param field the raw field; bytes after the first zero are ignored
   */
  public static LeaseName ofField(byte[] field) {
    int length = 0;
    while (length < field.length && length < FIELD_LENGTH && field[length] != 0) {
      length++;
    }
    return length == 0 ? EMPTY : new LeaseName(Arrays.copyOf(field, length));
  }

  /**
   * The name given as text, one byte for each char.
   *
   * @throws IllegalArgumentException when it is longer than 48 bytes, contains a zero byte or a
   *     char above 255
   */
  public static LeaseName of(String text) {
    LeaseName name = ofTextCut(text);
    Check.argument(text.length() <= FIELD_LENGTH, "name longer than 48 bytes: " + text);
    Check.argument(name.text().equals(text), "name contains a zero byte or a char above 255");
    return name;
  }

  /** The name given as text, silently cut to 48 bytes as the command line does. */
  public static LeaseName ofTextCut(String text) {
    return ofField(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * The name of a host that has no other: a UUID, a dot, and as much of the node name as fits
   * before the zero byte that ends a host name on disk.
   */
  public static LeaseName ofHost(UUID uuid, String node) {
    String text = uuid + "." + node;
    return ofTextCut(text.substring(0, Math.min(text.length(), FIELD_LENGTH - 1)));
  }

  /** Number of bytes, 0..48. */
  public int length() {
    return bytes.length;
  }

  /** Whether this is the empty name. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** A new field of 48 bytes holding this name padded with zeros. */
  public byte[] toField() {
    return Arrays.copyOf(bytes, FIELD_LENGTH);
  }

  /** The name as text, one char for each byte. */
  public String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LeaseName name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
