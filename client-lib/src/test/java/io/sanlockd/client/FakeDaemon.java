package io.sanlockd.client;

import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A daemon whose side of one connection is written out in the test. */
final class FakeDaemon implements AutoCloseable {
  private static final int BACKLOG = 1;

  private final Endpoint endpoint;
  private final ServerSocketChannel server;

  /** What the daemon does with a connection. */
  interface Script {
    void play(Peer peer) throws IOException, ProtocolException;
  }

  FakeDaemon(Path runDirectory, long timeoutMillis) throws IOException {
    endpoint =
        Endpoint.ofRunDirectory(runDirectory.toString())
            .withReadTimeout(timeoutMillis, TimeUnit.MILLISECONDS);
    server =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(endpoint.socketPath()), BACKLOG);
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Accepts one connection and plays; the future ends with the script. */
  CompletableFuture<Void> play(Script script) {
    return CompletableFuture.runAsync(
        () -> {
          try (SocketChannel accepted = server.accept()) {
            script.play(new Peer(accepted));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (ProtocolException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** The daemon's end of a connection. */
  record Peer(SocketChannel channel) {
    /** Reads the header of a request and its payload, as its length says. */
    MessageHeader read() throws IOException, ProtocolException {
      MessageHeader header = MessageHeader.decode(bytes(MessageHeader.LENGTH));
      ByteBuffer unused = bytes(header.length() - MessageHeader.LENGTH);
      return header;
    }

    private ByteBuffer bytes(int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(length);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new EOFException();
        }
      }
      return buffer.flip();
    }

    /** Waits until the client closes its end. */
    void awaitEnd() throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(64);
      while (channel.read(buffer.clear()) >= 0) {
        // Whatever it still sends.
      }
    }

    void reply(MessageHeader request, int result) throws IOException {
      write(encoded(request.reply(result)));
    }

    /** A reply in single bytes. */
    void replyInPieces(MessageHeader request, int result, byte[] payload) throws IOException {
      ByteBuffer whole = ByteBuffer.allocate(MessageHeader.LENGTH + payload.length);
      request.reply(result, 0, payload.length).encode(whole);
      whole.put(payload).flip();
      while (whole.hasRemaining()) {
        write(ByteBuffer.wrap(new byte[] {whole.get()}));
      }
    }

    static ByteBuffer encoded(MessageHeader header) {
      ByteBuffer buffer = ByteBuffer.allocate(MessageHeader.LENGTH);
      header.encode(buffer);
      return buffer.flip();
    }

    void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        int unused = channel.write(bytes);
      }
    }

    /** A reply to a command that nobody sent. */
    void volunteer(Command command) throws IOException {
      write(encoded(MessageHeader.request(command, 0, 0, 0, 0)));
    }
  }
}
