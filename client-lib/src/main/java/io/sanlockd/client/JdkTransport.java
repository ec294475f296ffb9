package io.sanlockd.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A connection made with the JDK alone. Without a read timeout it simply blocks, which starts
 * fastest; with one it is non-blocking behind a selector.
 */
final class JdkTransport implements Transport {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final SocketChannel channel;
  private final long readTimeoutNanos;
  private final Selector selector;

  private JdkTransport(SocketChannel channel, long readTimeoutNanos, Selector selector) {
    this.channel = channel;
    this.readTimeoutNanos = readTimeoutNanos;
    this.selector = selector;
  }

  static JdkTransport connect(Endpoint endpoint) throws TransportException {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(endpoint.socketPath()));
        return configured(channel, endpoint.readTimeoutNanos());
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw TransportException.ofConnect(e, endpoint.socketPath());
    }
  }

  private static JdkTransport configured(SocketChannel channel, long readTimeoutNanos)
      throws IOException {
    if (readTimeoutNanos == 0) {
      return new JdkTransport(channel, 0, null);
    }
    channel.configureBlocking(false);
    Selector selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
    return new JdkTransport(channel, readTimeoutNanos, selector);
  }

  @Override
  public void send(ByteBuffer bytes) throws TransportException {
    try {
      while (bytes.hasRemaining()) {
        if (channel.write(bytes) == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
    } catch (IOException e) {
      throw asTransportException(e);
    }
  }

  @Override
  public int receive(ByteBuffer target) throws TransportException {
    try {
      int count = channel.read(target);
      while (count == 0) {
        await(SelectionKey.OP_READ);
        count = channel.read(target);
      }
      return count;
    } catch (IOException e) {
      throw asTransportException(e);
    }
  }

  private void await(int operation) throws IOException {
    channel.keyFor(selector).interestOps(operation);
    long deadlineNanos = System.nanoTime() + readTimeoutNanos;
    do {
      long leftNanos = deadlineNanos - System.nanoTime();
      if (leftNanos <= 0) {
        throw new TransportException(
            TransportException.TIMED_OUT,
            "no reply from the daemon within " + readTimeoutNanos / NANOS_PER_MILLI + " ms",
            null);
      }
      selector.select(1 + leftNanos / NANOS_PER_MILLI);
    } while (selector.selectedKeys().isEmpty());
    selector.selectedKeys().clear();
  }

  private static TransportException asTransportException(IOException e) {
    return e instanceof TransportException known ? known : TransportException.of(e);
  }

  @Override
  public void close() {
    try {
      if (selector != null) {
        selector.close();
      }
      channel.close();
    } catch (IOException e) {
      // See Transport.close.
    }
  }
}
