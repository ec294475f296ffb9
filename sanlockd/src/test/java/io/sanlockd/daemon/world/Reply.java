package io.sanlockd.daemon.world;

import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a client received for one request.
 *
 * @param header of the reply
 * @param body everything behind it
 */
public record Reply(MessageHeader header, ByteBuffer body) {
  static Reply of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      MessageHeader header = MessageHeader.decode(buffer);
      return new Reply(header, buffer.slice().order(ByteOrder.LITTLE_ENDIAN));
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The result. */
  public int result() {
    return header.data();
  }

  /** The body as text, without a final zero byte. */
  public String text() {
    byte[] bytes = new byte[body.remaining()];
    body.duplicate().get(bytes);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
  }
}
