package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.loop.Connection;
import io.sanlockd.daemon.loop.PushChannel;
import io.sanlockd.daemon.metrics.RequestCounts;
import io.sanlockd.model.Check;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.PayloadFraming;
import io.sanlockd.protocol.PayloadKind;
import io.sanlockd.protocol.Resource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One request on its way to its answer. Main loop only. Answered exactly once: a second answer
 * would be taken for that of the next request.
 */
final class Request {
  /** Commands after whose reply the daemon closes (protocol.md 5.4). */
  private static final Set<Command> CLOSED_AFTER_REPLY =
      EnumSet.of(
          Command.SHUTDOWN,
          Command.STATUS,
          Command.HOST_STATUS,
          Command.RENEWAL,
          Command.LOG_DUMP,
          Command.GET_LOCKSPACES,
          Command.GET_HOSTS,
          Command.REG_EVENT,
          Command.END_EVENT,
          Command.SET_CONFIG);

  private static final int SUCCESS = 0;
  private static final int DISCARD_MILLIS = 100;

  private final Connection connection;
  private final Client client;
  private final Command command;
  private final MessageHeader header;
  private final ByteBuffer payload;
  private final CommandTrace trace;
  private final RequestCounts counts;
  private boolean answered;

  /**
   * A request not yet answered.
   *
   * @param counts where its answer is counted
   */
  Request(
      Connection connection,
      Client client,
      Command command,
      MessageHeader header,
      ByteBuffer payload,
      CommandTrace trace,
      RequestCounts counts) {
    this.connection = connection;
    this.client = client;
    this.command = command;
    this.header = header;
    this.payload = payload;
    this.trace = trace;
    this.counts = counts;
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

  /** What was announced but not read must not be taken for headers (protocol.md 5.5). */
  void discardRest() {
    int unread = PayloadFraming.surplus(header, payload.limit());
    connection.discardInput(unread, DISCARD_MILLIS);
  }

  /** Plain reply; the connection stays open. */
  void reply(int result) {
    answer(result);
    connection.reply(message(header.reply(result), 0, b -> {}));
  }

  /** Plain reply that echoes data2, after which the daemon closes. */
  void replyAndClose(int result) {
    answer(result);
    connection.replyAndClose(message(header.reply(result, header.data2(), 0), 0, b -> {}));
  }

  /** Reply with a body; the connection stays open. */
  void reply(int result, int data2, int bodyLength, Consumer<ByteBuffer> body) {
    answer(result);
    MessageHeader reply = header.reply(result, data2, bodyLength);
    connection.reply(message(reply, bodyLength, body));
  }

  /** Reply with a body, after which the daemon closes. */
  void replyAndClose(int result, int data2, int bodyLength, Consumer<ByteBuffer> body) {
    answer(result);
    MessageHeader reply = header.reply(result, data2, bodyLength);
    connection.replyAndClose(message(reply, bodyLength, body));
  }

  /** A header of the command's own, after which the daemon closes. */
  void replyAndClose(MessageHeader reply) {
    answer(reply.data());
    connection.replyAndClose(message(reply, 0, body -> {}));
  }

  /** A header of the command's own; the connection stays open. */
  void reply(MessageHeader reply) {
    answer(reply.data());
    connection.reply(message(reply, 0, b -> {}));
  }

  /** A state stream: header, then chunks as fast as the peer reads, then the daemon closes. */
  void stream(int data2, Iterator<ByteBuffer> chunks) {
    stream(header.reply(0, data2, 0), chunks);
  }

  /** A stream behind a header of the command's own. */
  void stream(MessageHeader reply, Iterator<ByteBuffer> chunks) {
    answer(reply.data());
    ByteBuffer first = message(reply, 0, buffer -> {});
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

  /**
   * Plain good reply that echoes data2, after which the connection only takes messages.
   *
   * @param onEnd told when the peer ends the channel
   */
  PushChannel replyAndPush(Runnable onEnd) {
    answer(SUCCESS);
    return connection.replyAndPush(message(header.reply(0, header.data2(), 0), 0, b -> {}), onEnd);
  }

  /** No reply at all; the connection stays open. */
  void finish() {
    answer(SUCCESS);
    connection.finish();
  }

  /** No reply at all, and the daemon closes. */
  void closeSilently() {
    answer(SUCCESS);
    connection.closeGently();
  }

  /**
   * The answer to a request that can not be served, in the shape that clients of the command
   * expect: some read a structure whatever the result is, some wait until the daemon closes.
   */
  void refuse(int result) {
    if (CLOSED_AFTER_REPLY.contains(command)) {
      replyAndClose(result);
      return;
    }
    int bodyLength =
        switch (command) {
          case READ_LOCKSPACE -> Lockspace.LENGTH;
          case READ_LOCKSPACE_HOST -> Lockspace.LENGTH + Host.LENGTH;
          case READ_RESOURCE, READ_RESOURCE_OWNERS -> Resource.LENGTH;
          case UPDATE_RINDEX, LOOKUP_RINDEX, CREATE_RESOURCE, DELETE_RESOURCE -> IndexEntry.LENGTH;
          default -> 0;
        };
    boolean echo = command.payload() != PayloadKind.INDEX_AND_ENTRY;
    ByteBuffer received = payload.duplicate().rewind();
    reply(
        result,
        0,
        bodyLength,
        body -> {
          int echoed = echo ? Math.min(bodyLength, received.remaining()) : 0;
          body.put(received.limit(echoed));
          body.position(MessageHeader.LENGTH + bodyLength);
        });
  }

  /** Whether there was an answer. */
  boolean answered() {
    return answered;
  }

  private void answer(int result) {
    Check.state(!answered, "request answered twice: " + command);
    answered = true;
    client.suspended(false);
    trace.answered(client, command, result);
    counts.answered(command, result);
  }

  static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer message(
      MessageHeader reply, int bodyLength, Consumer<ByteBuffer> body) {
    ByteBuffer buffer = buffer(MessageHeader.LENGTH + bodyLength);
    reply.encode(buffer);
    body.accept(buffer);
    return buffer.flip();
  }
}
