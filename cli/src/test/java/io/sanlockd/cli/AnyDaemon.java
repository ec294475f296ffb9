package io.sanlockd.cli;

import io.sanlockd.client.Endpoint;
import io.sanlockd.protocol.MessageHeader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A daemon that gives every request the answer it was told, whatever was asked, and closes. One
 * thread of its own; what to answer is said by any other.
 */
final class AnyDaemon implements AutoCloseable {
  private static final int DATA_AT = 24;
  private static final int LENGTH_AT = 16;
  private static final int REQUEST_LIMIT = 1 << 16;

  private final Endpoint endpoint;
  private final ServerSocketChannel server;
  private final Thread thread;
  private volatile Answer answer = new Answer(ByteBuffer.allocate(0), 0);

  /**
   * What comes back.
   *
   * @param payload behind the header
   * @param result in the header
   */
  private record Answer(ByteBuffer payload, int result) {}

  AnyDaemon(Path runDirectory) throws IOException {
    endpoint = Endpoint.ofRunDirectory(runDirectory.toString());
    server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(endpoint.socketPath()));
    thread = new Thread(this::serve, "any-daemon");
    thread.setDaemon(true);
    thread.start();
  }

  Endpoint endpoint() {
    return endpoint;
  }

  void answers(byte[] payload, int result) {
    answer = new Answer(ByteBuffer.wrap(payload), result);
  }

  private void serve() {
    ByteBuffer request = ByteBuffer.allocateDirect(REQUEST_LIMIT).order(ByteOrder.LITTLE_ENDIAN);
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        reply(channel, request.clear());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // The command has ended before it has read everything.
      }
    }
  }

  private void reply(SocketChannel channel, ByteBuffer request) throws IOException {
    while (request.position() < MessageHeader.LENGTH) {
      if (channel.read(request) < 0) {
        return;
      }
    }
    Answer current = answer;
    ByteBuffer reply =
        ByteBuffer.allocate(MessageHeader.LENGTH + current.payload.limit())
            .order(ByteOrder.LITTLE_ENDIAN);
    reply.put(0, request, 0, MessageHeader.LENGTH);
    reply.putInt(LENGTH_AT, reply.capacity()).putInt(DATA_AT, current.result);
    reply.put(MessageHeader.LENGTH, current.payload, 0, current.payload.limit());
    while (reply.hasRemaining()) {
      int unused = channel.write(reply);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
