package io.sanlockd.daemon.loop;

import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A blocking test client. */
final class Client implements AutoCloseable {
  record Reply(MessageHeader header, ByteBuffer payload) {}

  final SocketChannel channel;

  private Client(SocketChannel channel) {
    this.channel = channel;
  }

  static Client connect(Path path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(path));
    return new Client(channel);
  }

  /** Header and payload; {@code data} tells the test framing how many payload bytes there are. */
  static ByteBuffer message(int command, int data, int sequence, byte[] payload) {
    ByteBuffer bytes = ByteBuffer.allocate(32 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    new MessageHeader(1, command, 0, bytes.capacity(), sequence, data, 0).encode(bytes);
    return bytes.position(32).put(payload).flip();
  }

  static ByteBuffer echo(int sequence, byte[] payload) {
    return message(TestHandler.ECHO, payload.length, sequence, payload);
  }

  static ByteBuffer command(int command) {
    return message(command, 0, 0, new byte[0]);
  }

  void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  Reply reply() throws IOException, ProtocolException {
    MessageHeader header = MessageHeader.decode(read(32));
    return new Reply(header, read(header.length() - 32));
  }

  ByteBuffer read(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException(bytes.position() + " of " + count + " bytes");
      }
    }
    return bytes.flip();
  }

  /** Waits for the end of the stream; false when a byte comes instead. */
  boolean atEnd() throws IOException {
    return channel.read(ByteBuffer.allocate(1)) < 0;
  }

  int roundTrip(int sequence) throws IOException, ProtocolException {
    send(echo(sequence, new byte[] {1, 2, 3}));
    return reply().header().sequence();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
