package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.loop.Connection;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.function.Consumer;

/** One request on its way to its answer. Main loop only; answered exactly once. */
final class Request {
  private final Connection connection;
  private final Client client;
  private final Command command;
  private final MessageHeader header;
  private final ByteBuffer payload;

  Request(
      Connection connection,
      Client client,
      Command command,
      MessageHeader header,
      ByteBuffer payload) {
    this.connection = connection;
    this.client = client;
    this.command = command;
    this.header = header;
    this.payload = payload;
  }

  /** The connection it came in on. */
  Client client() {
    return client;
  }

  Command command() {
    return command;
  }

  MessageHeader header() {
    return header;
  }

  /** The payload, complete; to be decoded before the handler returns. */
  ByteBuffer payload() {
    return payload;
  }

  boolean hasFlag(int flag) {
    return (header.flags() & flag) != 0;
  }

  Connection connection() {
    return connection;
  }

  /** Plain reply; the connection stays open. */
  void reply(int result) {
    answer();
    connection.reply(message(header.reply(result), 0, b -> {}));
  }

  /** Plain reply that echoes data2, after which the daemon closes. */
  void replyAndClose(int result) {
    answer();
    connection.replyAndClose(message(header.reply(result, header.data2(), 0), 0, b -> {}));
  }

  /** Reply with a body; the connection stays open. */
  void reply(int result, int data2, int bodyLength, Consumer<ByteBuffer> body) {
    answer();
    MessageHeader reply = header.reply(result, data2, bodyLength);
    connection.reply(message(reply, bodyLength, body));
  }

  /** Reply with a body, after which the daemon closes. */
  void replyAndClose(int result, int data2, int bodyLength, Consumer<ByteBuffer> body) {
    answer();
    MessageHeader reply = header.reply(result, data2, bodyLength);
    connection.replyAndClose(message(reply, bodyLength, body));
  }

  /** Reply made of a header of the command's own and a body, after which the daemon closes. */
  void replyAndClose(MessageHeader reply, ByteBuffer body) {
    answer();
    connection.replyAndClose(message(reply, body.remaining(), buffer -> buffer.put(body)));
  }

  /** A header of the command's own; the connection stays open. */
  void reply(MessageHeader reply) {
    answer();
    connection.reply(message(reply, 0, b -> {}));
  }

  /** A state stream: header, then chunks as fast as the peer reads, then the daemon closes. */
  void stream(int data2, Iterator<ByteBuffer> chunks) {
    answer();
    ByteBuffer first = message(header.reply(0, data2, 0), 0, buffer -> {});
    connection.replyAndClose(
        new Iterator<>() {
          private boolean headerSent;

          @Override
          public boolean hasNext() {
            return !headerSent || chunks.hasNext();
          }

          @Override
          public ByteBuffer next() {
            if (!headerSent) {
              headerSent = true;
              return first;
            }
            return chunks.next();
          }
        });
  }

  /** No reply at all; the connection stays open. */
  void finish() {
    answer();
    connection.finish();
  }

  /** No reply at all, and the daemon closes. */
  void closeSilently() {
    answer();
    connection.closeGently();
  }

  private void answer() {
    client.suspended(false);
  }

  static ByteBuffer buffer(int length) {
    return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer message(
      MessageHeader reply, int bodyLength, Consumer<ByteBuffer> body) {
    ByteBuffer buffer = buffer(MessageHeader.LENGTH + bodyLength);
    reply.encode(buffer);
    body.accept(buffer);
    return buffer.flip();
  }
}
