package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * The 32 bytes in front of every request and reply (3.1). Little endian: magic @0, version @4,
 * cmd @8, cmd_flags @12, length @16, seq @20, data @24, data2 @28.
 *
 * @param version high 16 bits major, low 16 bits minor
 * @param command the number; {@link Command#of} names it
 * @param flags flags of the command
 * @param length 32 plus the payload as its sender counts it; not a framing field in requests (4.2)
 * @param sequence echoed, 0 from the C library
 * @param data argument of a request, result of a reply
 * @param data2 second argument or result; -1 in a request means "this connection"
 */
public record MessageHeader(
    int version, int command, int flags, int length, int sequence, int data, int data2) {
  /** Bytes on the wire. */
  public static final int LENGTH = 32;

  /** First four bytes of every message. */
  public static final int MAGIC = 0x04282010;

  /** Protocol version 0.1, in every reply. */
  public static final int VERSION = 0x00000001;

  /** The value of {@link #data2} that addresses the connection a request arrives on. */
  public static final int THIS_CONNECTION = -1;

  private static final int MAGIC_AT = 0;
  private static final int VERSION_AT = 4;
  private static final int COMMAND_AT = 8;
  private static final int FLAGS_AT = 12;
  private static final int LENGTH_AT = 16;
  private static final int SEQUENCE_AT = 20;
  private static final int DATA_AT = 24;
  private static final int DATA2_AT = 28;

  /**
   * Reads 32 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes or the magic differs
   */
  public static MessageHeader decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "header");
    if (view.getInt(MAGIC_AT) != MAGIC) {
      throw new ProtocolException("bad magic 0x" + Integer.toHexString(view.getInt(MAGIC_AT)));
    }
    return new MessageHeader(
        view.getInt(VERSION_AT),
        view.getInt(COMMAND_AT),
        view.getInt(FLAGS_AT),
        view.getInt(LENGTH_AT),
        view.getInt(SEQUENCE_AT),
        view.getInt(DATA_AT),
        view.getInt(DATA2_AT));
  }

  /** Writes 32 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    view.putInt(MAGIC_AT, MAGIC);
    view.putInt(VERSION_AT, version);
    view.putInt(COMMAND_AT, command);
    view.putInt(FLAGS_AT, flags);
    view.putInt(LENGTH_AT, length);
    view.putInt(SEQUENCE_AT, sequence);
    view.putInt(DATA_AT, data);
    view.putInt(DATA2_AT, data2);
  }

  /** A request with {@code payloadLength} bytes behind it. */
  public static MessageHeader request(
      Command command, int flags, int payloadLength, int data, int data2) {
    return new MessageHeader(
        VERSION, command.number(), flags, LENGTH + payloadLength, 0, data, data2);
  }

  /** The plain reply to this request (4.5): cmd, flags and seq echoed, data2 zero, no payload. */
  public MessageHeader reply(int result) {
    return reply(result, 0, 0);
  }

  /** The reply to this request with a second result and a payload (4.3). */
  public MessageHeader reply(int result, int result2, int payloadLength) {
    return new MessageHeader(
        VERSION, command, flags, LENGTH + payloadLength, sequence, result, result2);
  }

  /** Whether the major part of the version is one this implementation speaks (4.1 no. 5). */
  public boolean hasSupportedVersion() {
    return (version & 0xffff0000) == 0;
  }
}
