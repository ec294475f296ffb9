package io.sanlockd.daemon.loop;

import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Commands for the tests of the loop; every call is recorded. */
final class TestHandler implements RequestHandler {
  static final int REGISTER = 1;
  static final int UNKNOWN = 99;
  static final int ECHO = 100;
  static final int HOLD = 101;
  static final int STREAM = 102;
  static final int STREAM_AND_CLOSE = 103;
  static final int FAIL = 104;
  static final int REFUSE = 105;
  static final int PUSH = 106;
  static final int CLOSE = 107;
  static final int FAIL_IN_STREAM = 108;

  static final int CHUNK_BYTES = 1000;
  static final int CHUNKS = 20_000;

  record Ended(int slot, End end) {}

  final BlockingQueue<Connection> held = new LinkedBlockingQueue<>();
  final BlockingQueue<Connection> gone = new LinkedBlockingQueue<>();
  final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
  final BlockingQueue<Integer> opened = new LinkedBlockingQueue<>();
  final BlockingQueue<PushChannel> channels = new LinkedBlockingQueue<>();
  final BlockingQueue<String> channelEnds = new LinkedBlockingQueue<>();
  final AtomicInteger chunksMade = new AtomicInteger();

  /** The sender says in {@code data} how much is coming. */
  static int required(MessageHeader header, ByteBuffer payloadSoFar) {
    return header.data();
  }

  @Override
  public void opened(Connection connection) {
    opened.add(connection.slot());
  }

  @Override
  public HeaderDecision header(Connection connection, MessageHeader header) {
    return header.command() == UNKNOWN ? HeaderDecision.CLOSE_GENTLY : HeaderDecision.ACCEPT;
  }

  @Override
  public void request(Connection connection, MessageHeader header, ByteBuffer payload) {
    switch (header.command()) {
      case REGISTER -> {
        connection.markRegistered();
        connection.finish();
      }
      case ECHO -> connection.reply(answer(header, header.data(), payload));
      case HOLD -> {
        connection.attach(header);
        held.add(connection);
      }
      case STREAM -> connection.reply(chunks(header));
      case STREAM_AND_CLOSE -> connection.replyAndClose(chunks(header));
      case REFUSE -> {
        connection.discardInput(header.length() - 32, 10_000);
        connection.reply(answer(header, -22, ByteBuffer.allocate(0)));
      }
      case PUSH ->
          channels.add(
              connection.replyAndPush(
                  answer(header, 0, ByteBuffer.allocate(0)), () -> channelEnds.add("ended")));
      case CLOSE -> connection.replyAndClose(answer(header, 0, ByteBuffer.allocate(0)));
      case FAIL_IN_STREAM -> connection.reply(failing());
      default -> throw new IllegalArgumentException("as the test wants it");
    }
  }

  @Override
  public void cutShort(Connection connection, MessageHeader header) {
    connection.reply(answer(header, -107, ByteBuffer.allocate(0)));
  }

  @Override
  public void peerGone(Connection connection) {
    gone.add(connection);
  }

  @Override
  public void ended(Connection connection, End end) {
    ended.add(new Ended(connection.slot(), end));
  }

  /** To be run on the loop: answers a held request. */
  static void release(Connection connection) {
    MessageHeader header = (MessageHeader) connection.attachment();
    connection.reply(answer(header, 7, ByteBuffer.allocate(0)));
  }

  static ByteBuffer answer(MessageHeader request, int result, ByteBuffer payload) {
    ByteBuffer bytes = ByteBuffer.allocate(32 + payload.remaining());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    request.reply(result, 0, payload.remaining()).encode(bytes);
    return bytes.position(32).put(payload).flip();
  }

  private static Iterator<ByteBuffer> failing() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public ByteBuffer next() {
        throw new IllegalStateException("as the test wants it");
      }
    };
  }

  /** {@value #CHUNKS} chunks whose bytes count up. */
  private Iterator<ByteBuffer> chunks(MessageHeader header) {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < CHUNKS;
      }

      @Override
      public ByteBuffer next() {
        chunksMade.incrementAndGet();
        byte[] bytes = new byte[CHUNK_BYTES];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (next + i + header.sequence());
        }
        next++;
        return ByteBuffer.wrap(bytes);
      }
    };
  }
}
