package io.sanlockd.it;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** A connection to a daemon on which anything can be sent, with time limits. */
final class Wire implements AutoCloseable {
  static final int MAGIC = 0x04282010;
  static final int VERSION = 28;
  static final int HEADER_LENGTH = 32;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;

  private Wire(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.configureBlocking(false);
    this.selector = Selector.open();
    this.key = channel.register(selector, 0);
  }

  static Wire connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return new Wire(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether a daemon answers on the socket. */
  static boolean answers(Path socket) {
    try {
      versionRoundTrip(socket, Duration.ofSeconds(5));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Connects, asks for the version and closes.
   *
   * @return time for all of it
   * @throws IOException also when there is no answer in time
   */
  static Duration versionRoundTrip(Path socket, Duration limit) throws IOException {
    long startNanos = System.nanoTime();
    try (Wire wire = connect(socket)) {
      wire.send(header(VERSION), limit);
      ByteBuffer reply = wire.receive(HEADER_LENGTH, limit);
      if (reply.getInt(0) != MAGIC || reply.getInt(8) != VERSION || reply.getInt(24) != 0) {
        throw new IOException("wrong answer to VERSION");
      }
    }
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** A request header without payload; the caller may change fields. */
  static ByteBuffer header(int command) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    return header
        .putInt(0, MAGIC)
        .putInt(4, 1)
        .putInt(8, command)
        .putInt(16, HEADER_LENGTH)
        .putInt(28, -1);
  }

  /** Sends all bytes. */
  void send(ByteBuffer buffer, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      channel.write(buffer);
      if (!buffer.hasRemaining()) {
        return;
      }
      await(SelectionKey.OP_WRITE, deadline);
    }
  }

  /** Sends what the socket takes without waiting; the number of bytes. */
  int sendSome(ByteBuffer buffer) throws IOException {
    return channel.write(buffer);
  }

  /** Receives exactly {@code count} bytes. */
  ByteBuffer receive(int count, Duration limit) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    long deadline = System.nanoTime() + limit.toNanos();
    while (channel.read(buffer) >= 0) {
      if (!buffer.hasRemaining()) {
        return buffer.flip();
      }
      await(SelectionKey.OP_READ, deadline);
    }
    throw new IOException("end of stream after " + buffer.position() + " of " + count + " bytes");
  }

  private void await(int operation, long deadline) throws IOException {
    key.interestOps(operation);
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    if (millis <= 0 || selector.select(millis) == 0) {
      throw new IOException("the daemon did not serve us in time");
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
