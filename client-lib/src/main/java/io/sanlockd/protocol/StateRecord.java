package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One record of a state stream: 80 bytes and a string that ends in NUL (protocol.md 3.10).
 *
 * @param type what it describes
 * @param data32 pid, or host id
 * @param data64 host id, version or timestamp
 * @param name daemon, client, lockspace or resource
 * @param text {@code key=value} pairs separated by single blanks, at most 4095 bytes
 */
public record StateRecord(int type, int data32, long data64, LeaseName name, String text) {
  /** Length of the fixed part in bytes. */
  public static final int LENGTH = 80;

  /** The daemon itself. */
  public static final int DAEMON = 1;

  /** A connection. */
  public static final int CLIENT = 2;

  /** A lockspace; its structure follows. */
  public static final int LOCKSPACE = 3;

  /** A use of a resource; its structure and disks follow. */
  public static final int RESOURCE = 4;

  /** A host. */
  public static final int HOST = 5;

  /** A renewal. */
  public static final int RENEWAL = 6;

  /** Clients read the string into a buffer of this size without a check. */
  public static final int MAX_TEXT = 4096;

  /** Bytes of the whole record. */
  public int encodedLength() {
    return LENGTH + textBytes().length + 1;
  }

  /** Encodes at the buffer's position and moves it. */
  public void encode(ByteBuffer buffer) {
    byte[] bytes = textBytes();
    buffer.putInt(type).putInt(0).putInt(data32).putInt(0).putLong(data64);
    WireFields.name(buffer, name);
    buffer.putInt(bytes.length + 1).putInt(0).put(bytes).put((byte) 0);
  }

  /** Decodes fixed part and string at the buffer's position and moves it. */
  public static StateRecord decode(ByteBuffer buffer) {
    int type = buffer.getInt();
    buffer.getInt();
    int data32 = buffer.getInt();
    buffer.getInt();
    long data64 = buffer.getLong();
    LeaseName name = WireFields.name(buffer);
    int length = buffer.getInt();
    buffer.getInt();
    return new StateRecord(type, data32, data64, name, WireFields.text(buffer, length));
  }

  private byte[] textBytes() {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length < MAX_TEXT ? bytes : Arrays.copyOf(bytes, MAX_TEXT - 1);
  }
}
