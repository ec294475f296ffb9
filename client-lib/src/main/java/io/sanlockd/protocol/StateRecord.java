package io.sanlockd.protocol;

import io.sanlockd.model.Check;
import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;

/**
 * One record of a state stream, sanlk_state (3.10): type u32 @0, flags u32 @4, data32 @8,
 * padding @12, data64 @16, name[48] @24, str_len u32 @72, padding @76, then str_len bytes of text
 * with its terminator. A LOCKSPACE record is followed by a {@link Lockspace}, a RESOURCE record by
 * a {@link Resource} and its disks; these are not part of this record (9.4, 9.5).
 *
 * @param type one of the constants below
 * @param flags always 0
 * @param data32 by type: pid, host id
 * @param data64 by type: host id, version, timestamp
 * @param name by type: host, client, lockspace or resource name
 * @param text {@code key=value} separated by single blanks, 0..4095 bytes
 */
public record StateRecord(
    int type, int flags, int data32, long data64, LeaseName name, String text) {
  /** Bytes on the wire in front of the text. */
  public static final int LENGTH = 80;

  /** Most bytes of text with its terminator: the C command line has a buffer of this size. */
  public static final int MAX_TEXT_LENGTH = 4096;

  /** The daemon itself (9.2). */
  public static final int DAEMON = 1;

  /** A connection (9.3). */
  public static final int CLIENT = 2;

  /** A lockspace (9.4). */
  public static final int LOCKSPACE = 3;

  /** A lease and one of its holders (9.5). */
  public static final int RESOURCE = 4;

  /** A host of a lockspace (9.6). */
  public static final int HOST = 5;

  /** A past renewal (9.7). */
  public static final int RENEWAL = 6;

  private static final int TYPE_AT = 0;
  private static final int FLAGS_AT = 4;
  private static final int DATA32_AT = 8;
  private static final int DATA64_AT = 16;
  private static final int NAME_AT = 24;
  private static final int TEXT_LENGTH_AT = 72;

  /** Checks that the text fits. */
  public StateRecord {
    Check.argument(Wire.fits(text, MAX_TEXT_LENGTH), "state text too long or not a byte text");
  }

  /** A record with flags 0. */
  public StateRecord(int type, int data32, long data64, LeaseName name, String text) {
    this(type, 0, data32, data64, name, text);
  }

  /**
   * The length of the text behind the 80 bytes at the buffer's position, terminator included; does
   * not move the position.
   *
   * @return 0..4096
   * @throws ProtocolException when there are fewer than 80 bytes or the length is out of range
   */
  public static int textLength(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source.duplicate(), LENGTH, "state");
    int textLength = view.getInt(TEXT_LENGTH_AT);
    if (textLength < 0 || textLength > MAX_TEXT_LENGTH) {
      throw new ProtocolException(
          "state text of " + Integer.toUnsignedString(textLength) + " bytes, at most 4096");
    }
    return textLength;
  }

  /**
   * Reads 80 bytes and the text.
   *
   * @throws ProtocolException when there are fewer bytes, or the text is too long or has no
   *     terminator
   */
  public static StateRecord decode(ByteBuffer source) throws ProtocolException {
    int textLength = textLength(source);
    ByteBuffer view = Wire.take(source, LENGTH, "state");
    ByteBuffer textView = Wire.take(source, textLength, "state text");
    return new StateRecord(
        view.getInt(TYPE_AT),
        view.getInt(FLAGS_AT),
        view.getInt(DATA32_AT),
        view.getLong(DATA64_AT),
        Wire.name(view, NAME_AT),
        textLength == 0 ? "" : Wire.text(textView, 0, textLength, "state text"));
  }

  /** Writes 80 bytes, the text and its terminator: {@link #encodedLength()} in all. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, encodedLength());
    view.putInt(TYPE_AT, type);
    view.putInt(FLAGS_AT, flags);
    view.putInt(DATA32_AT, data32);
    view.putLong(DATA64_AT, data64);
    Wire.putName(view, NAME_AT, name);
    view.putInt(TEXT_LENGTH_AT, text.length() + 1);
    Wire.putText(view, LENGTH, text);
  }

  /** Bytes that {@link #encode} writes, 81..4176. */
  public int encodedLength() {
    return LENGTH + text.length() + 1;
  }
}
