package io.sanlockd.daemon.loop;

import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;

/**
 * What the daemon does with connections. All calls come on the loop's thread and must not block. An
 * exception is logged and closes the connection; a registered connection is kept and its request
 * ends without a reply.
 */
public interface RequestHandler {
  /** A new connection has its slot. */
  default void opened(Connection connection) {}

  /**
   * 32 bytes have arrived that are no header. On a registered connection this is nothing special:
   * the rest of a request nobody read ({@code protocol.md} 4.2).
   *
   * @return SKIP or CLOSE_GENTLY
   */
  default HeaderDecision badMagic(Connection connection) {
    return HeaderDecision.CLOSE_GENTLY;
  }

  /** A header has arrived: version and command are judged here ({@code protocol.md} 4.1). */
  HeaderDecision header(Connection connection, MessageHeader header);

  /**
   * A request is complete. Answer it now or later with one of {@link Connection#reply(ByteBuffer)},
   * {@link Connection#replyAndClose(ByteBuffer)}, {@link Connection#finish()}, {@link
   * Connection#closeGently()}; until then nothing more is read from this connection.
   *
   * @param payload read-only, little endian, exactly the bytes {@link Framing} asked for; valid
   *     until the request is answered
   */
  void request(Connection connection, MessageHeader header, ByteBuffer payload);

  /**
   * The framing gave a negative size or one above {@link Limits#requestBytes}. To be answered like
   * a request; nothing of the payload was read, see {@link Connection#discardInput}.
   */
  default void tooLong(Connection connection, MessageHeader header) {
    connection.closeGently();
  }

  /**
   * The stream ended inside the payload. To be answered like a request; a peer that closed only its
   * sending side may still read the reply.
   */
  default void cutShort(Connection connection, MessageHeader header) {
    connection.finish();
  }

  /**
   * The peer is gone while its request is being served (not for a mere half close). Told at most
   * once for a connection; the request must still be answered, {@link #ended} follows then.
   */
  default void peerGone(Connection connection) {}

  /**
   * The connection ends; told exactly once unless it was {@linkplain Connection#replyAndPush a
   * channel} or the loop itself was closed. Its slot is free afterwards.
   */
  void ended(Connection connection, End end);
}
