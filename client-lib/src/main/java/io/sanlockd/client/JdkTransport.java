package io.sanlockd.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection made with the JDK alone. Without a read timeout it simply blocks, which starts
 * fastest; with one it is non-blocking behind a selector, and an interrupt ends the wait.
 */
final class JdkTransport implements Transport {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long CONNECT_PAUSE_NANOS = 5 * NANOS_PER_MILLI;

  private final SocketChannel channel;
  private final long readTimeoutNanos;
  private final Selector selector;

  private JdkTransport(SocketChannel channel, long readTimeoutNanos, Selector selector) {
    this.channel = channel;
    this.readTimeoutNanos = readTimeoutNanos;
    this.selector = selector;
  }

  static JdkTransport connect(Endpoint endpoint) throws TransportException {
    SocketChannel channel = connectedChannel(endpoint);
    try {
      return configured(channel, endpoint.readTimeoutNanos());
    } catch (IOException e) {
      closeQuietly(channel);
      throw TransportException.of(e);
    }
  }

  /** A connected channel; non-blocking when the endpoint has a read timeout. */
  static SocketChannel connectedChannel(Endpoint endpoint) throws TransportException {
    long limitNanos = endpoint.readTimeoutNanos();
    long deadlineNanos = System.nanoTime() + limitNanos;
    while (true) {
      try {
        return connectedAtOnce(endpoint);
      } catch (IOException e) {
        if (limitNanos == 0 || !TransportException.isBacklogFull(e)) {
          throw TransportException.ofConnect(e, endpoint.socketPath());
        }
      }
      if (System.nanoTime() - deadlineNanos >= 0) {
        throw timedOut(limitNanos);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted();
      }
      LockSupport.parkNanos(CONNECT_PAUSE_NANOS);
    }
  }

  /**
   * Connects, without blocking when there is a read timeout: a daemon that accepts nobody has a
   * full backlog, where a blocking connect would wait for ever.
   */
  private static SocketChannel connectedAtOnce(Endpoint endpoint) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(endpoint.readTimeoutNanos() == 0);
      if (!channel.connect(UnixDomainSocketAddress.of(endpoint.socketPath()))) {
        while (!channel.finishConnect()) {
          Thread.onSpinWait();
        }
      }
      return channel;
    } catch (IOException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  private static JdkTransport configured(SocketChannel channel, long readTimeoutNanos)
      throws IOException {
    if (readTimeoutNanos == 0) {
      return new JdkTransport(channel, 0, null);
    }
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
      throw TransportException.of(e);
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
      throw TransportException.of(e);
    }
  }

  private void await(int operation) throws IOException {
    long deadlineNanos = System.nanoTime() + readTimeoutNanos;
    try {
      SelectionKey key = channel.keyFor(selector);
      if (key == null) {
        throw closed(null);
      }
      key.interestOps(operation);
      while (selector.select(millisUntil(deadlineNanos)) == 0) {
        if (Thread.currentThread().isInterrupted()) {
          throw interrupted();
        }
        if (System.nanoTime() - deadlineNanos >= 0) {
          throw timedOut(readTimeoutNanos);
        }
      }
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw closed(e);
    }
  }

  private static long millisUntil(long deadlineNanos) {
    return 1 + Math.max(0, deadlineNanos - System.nanoTime()) / NANOS_PER_MILLI;
  }

  static TransportException timedOut(long limitNanos) {
    return new TransportException(
        TransportException.TIMED_OUT,
        "no reply from the daemon within " + limitNanos / NANOS_PER_MILLI + " ms",
        null);
  }

  static TransportException interrupted() {
    return new TransportException(
        TransportException.INTERRUPTED, "interrupted while waiting for the daemon", null);
  }

  private static TransportException closed(Exception cause) {
    return new TransportException(
        TransportException.BAD_DESCRIPTOR, "the connection was closed here", cause);
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // See Transport.close.
    }
  }

  @Override
  public void close() {
    try {
      if (selector != null) {
        selector.close();
      }
    } catch (IOException e) {
      // See Transport.close.
    }
    closeQuietly(channel);
  }
}
