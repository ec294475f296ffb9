package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * The 32 bytes that begin every request and reply (protocol.md 3.1).
 *
 * @param magic {@link #MAGIC}
 * @param version protocol version, major in the upper 16 bits
 * @param cmd command number
 * @param cmdFlags flags of the command
 * @param length informative in requests (4.2)
 * @param seq echoed
 * @param data argument of the command; in a reply the result
 * @param data2 argument of the command, often the target pid
 */
public record MessageHeader(
    int magic, int version, int cmd, int cmdFlags, int length, int seq, int data, int data2) {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /** First word of every message. */
  public static final int MAGIC = 0x04282010;

  /** The protocol version spoken. */
  public static final int VERSION = 0x00000001;

  /** In {@code data2}: the command is for the connection it arrives on. */
  public static final int THIS_CONNECTION = -1;

  /** A request. */
  public static MessageHeader request(Command command, int flags, int length, int data, int data2) {
    return new MessageHeader(MAGIC, VERSION, command.number(), flags, length, 0, data, data2);
  }

  /** Decodes at the buffer's position and moves it. */
  public static MessageHeader decode(ByteBuffer buffer) {
    return new MessageHeader(
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt());
  }

  /** Encodes at the buffer's position and moves it. */
  public void encode(ByteBuffer buffer) {
    buffer.putInt(magic).putInt(version).putInt(cmd).putInt(cmdFlags);
    buffer.putInt(length).putInt(seq).putInt(data).putInt(data2);
  }

  /** The plain reply to this request: everything echoed but version, length and data (4.5). */
  public MessageHeader reply(int result, int replyData2, int replyLength) {
    return new MessageHeader(magic, VERSION, cmd, cmdFlags, replyLength, seq, result, replyData2);
  }
}
