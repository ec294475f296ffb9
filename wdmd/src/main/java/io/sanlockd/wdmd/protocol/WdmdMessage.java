package io.sanlockd.wdmd.protocol;

import io.sanlockd.model.Check;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The message of both directions: {@value #BYTES} bytes in native byte order (wdmd.md 3). A view of
 * a buffer; reading and writing fields allocates nothing except for {@link #name}. Not thread-safe.
 */
public final class WdmdMessage {
  /** Size of every message. */
  public static final int BYTES = 176;

  /** Longest name in bytes: the field of 128 keeps its final zero. */
  public static final int MAX_NAME_BYTES = 127;

  // 0 magic and 8 length, 12 flags: zero, never checked.
  private static final int COMMAND = 4;
  private static final int TEST_INTERVAL = 16;
  private static final int FIRE_TIMEOUT = 20;
  private static final int LAST_KEEPALIVE = 24;
  private static final int RENEWAL_TIME = 32;
  private static final int EXPIRE_TIME = 40;
  private static final int NAME = 48;
  private static final int NAME_FIELD_BYTES = 128;

  private final ByteBuffer buffer;

  private WdmdMessage(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** A message of zeros in memory of its own that can be handed to the kernel. */
  public static WdmdMessage allocate() {
    return new WdmdMessage(ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder()));
  }

  /** The memory of the message; its position and limit are the caller's. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** Makes every field zero and sets the command; position 0, limit at the end. */
  public void begin(WdmdCommand command) {
    buffer.clear();
    for (int at = 0; at < BYTES; at += Long.BYTES) {
      buffer.putLong(at, 0);
    }
    buffer.putInt(COMMAND, command.number());
  }

  public WdmdCommand command() {
    return WdmdCommand.of(buffer.getInt(COMMAND));
  }

  /** Seconds between two tests, as wdmd reports them. */
  public int testIntervalSeconds() {
    return buffer.getInt(TEST_INTERVAL);
  }

  public void testIntervalSeconds(int seconds) {
    buffer.putInt(TEST_INTERVAL, seconds);
  }

  /** Seconds from the last ping to the reset: wanted, in use, or 0 for a failure. */
  public int fireTimeoutSeconds() {
    return buffer.getInt(FIRE_TIMEOUT);
  }

  public void fireTimeoutSeconds(int seconds) {
    buffer.putInt(FIRE_TIMEOUT, seconds);
  }

  /** CLOCK_MONOTONIC second of the last ping, 0 if there was none. */
  public long lastKeepalive() {
    return buffer.getLong(LAST_KEEPALIVE);
  }

  public void lastKeepalive(long seconds) {
    buffer.putLong(LAST_KEEPALIVE, seconds);
  }

  /** CLOCK_MONOTONIC second the client's claim rests on; for the log only. */
  public long renewalTime() {
    return buffer.getLong(RENEWAL_TIME);
  }

  public void renewalTime(long seconds) {
    buffer.putLong(RENEWAL_TIME, seconds);
  }

  /** CLOCK_MONOTONIC second from which on the machine must not be kept alive; 0 = never. */
  public long expireTime() {
    return buffer.getLong(EXPIRE_TIME);
  }

  public void expireTime(long seconds) {
    buffer.putLong(EXPIRE_TIME, seconds);
  }

  /** The bytes before the first zero, one char for each; at most {@value #MAX_NAME_BYTES}. */
  public String name() {
    byte[] bytes = new byte[MAX_NAME_BYTES];
    int length = 0;
    while (length < MAX_NAME_BYTES && buffer.get(NAME + length) != 0) {
      bytes[length] = buffer.get(NAME + length);
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Sets the name, cut to {@value #MAX_NAME_BYTES} bytes.
   *
   * @param name one byte for each char, no char 0 or above 255
   */
  public void name(String name) {
    for (int i = 0; i < NAME_FIELD_BYTES; i++) {
      boolean inside = i < name.length() && i < MAX_NAME_BYTES;
      char c = inside ? name.charAt(i) : 0;
      Check.argument(c < 256 && (c != 0 || !inside), "a zero or a char above 255 in the name");
      buffer.put(NAME + i, (byte) c);
    }
  }
}
