package io.sanlockd.client;

import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Makes replies of bytes that arrive in any pieces. The length in the header is the framing: true
 * of every command of a registered connection (protocol.md 4.3). One thread.
 */
final class ReplyAssembler {
  /** Far above the longest: the state text of a process. */
  private static final int MAX_PAYLOAD = 1 << 20;

  private final ByteBuffer header = ByteBuffer.allocate(MessageHeader.LENGTH);
  private ByteBuffer payload;
  private MessageHeader decoded;

  /**
   * A reply with the number of the command it answers.
   *
   * @param command as echoed
   * @param reply result and payload
   */
  record Answer(int command, Reply reply) {}

  /**
   * Takes bytes until a reply is complete or there are no more.
   *
   * @throws ProtocolException when the bytes are not a reply
   */
  Optional<Answer> take(ByteBuffer bytes) throws ProtocolException {
    move(bytes, header);
    if (header.hasRemaining()) {
      return Optional.empty();
    }
    if (decoded == null) {
      decoded = MessageHeader.decode(header.duplicate().flip());
      payload = ByteBuffer.allocate(payloadLength(decoded));
    }
    move(bytes, payload);
    if (payload.hasRemaining()) {
      return Optional.empty();
    }
    Answer answer = new Answer(decoded.command(), Reply.of(decoded, payload.flip()));
    header.clear();
    decoded = null;
    return Optional.of(answer);
  }

  private static int payloadLength(MessageHeader reply) throws ProtocolException {
    int length = reply.length() - MessageHeader.LENGTH;
    if (length < 0 || length > MAX_PAYLOAD) {
      throw new ProtocolException("reply of length " + Integer.toUnsignedString(reply.length()));
    }
    return length;
  }

  private static void move(ByteBuffer from, ByteBuffer to) {
    int count = Math.min(from.remaining(), to.remaining());
    to.put(to.position(), from, from.position(), count);
    to.position(to.position() + count);
    from.position(from.position() + count);
  }
}
