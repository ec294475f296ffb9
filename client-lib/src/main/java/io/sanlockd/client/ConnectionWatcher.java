package io.sanlockd.client;

import io.sanlockd.model.Check;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One thread that reads any number of {@link WatchedConnection}s. A registered connection is the
 * ownership of leases; this is how a process learns at once that the daemon behind it has gone.
 *
 * <p>Whatever ends the thread ends all its connections: nobody is left believing in a connection
 * that is not watched.
 */
public final class ConnectionWatcher implements Closeable {
  private static final int BUFFER_LENGTH = 16 << 10;

  private final Selector selector;
  private final Thread thread;
  private final Set<WatchedConnection> connections = ConcurrentHashMap.newKeySet();

  private ConnectionWatcher(Selector selector, String name) {
    this.selector = selector;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /**
   * Starts the thread, which does not keep the virtual machine alive.
   *
   * @throws IOException when no selector can be had
   */
  public static ConnectionWatcher start(String name) throws IOException {
    ConnectionWatcher watcher = new ConnectionWatcher(Selector.open(), name);
    watcher.thread.start();
    return watcher;
  }

  /**
   * Connects and watches.
   *
   * @param endpoint with a read timeout
   * @throws TransportException with a negative errno
   */
  public WatchedConnection connect(Endpoint endpoint) throws TransportException {
    long timeoutNanos = endpoint.readTimeoutNanos();
    Check.argument(timeoutNanos > 0, "a watched connection needs a read timeout");
    SocketChannel channel = JdkTransport.connectedChannel(endpoint);
    WatchedConnection connection = new WatchedConnection(this, channel, timeoutNanos);
    try {
      connections.add(connection);
      SelectionKey unused = channel.register(selector, SelectionKey.OP_READ, connection);
      selector.wakeup();
      return connection;
    } catch (IOException | ClosedSelectorException e) {
      connection.close();
      throw new TransportException(
          TransportException.BAD_DESCRIPTOR, "the watcher of connections was closed", e);
    }
  }

  /** A connection has been closed; its descriptor goes when the selector has let go of it. */
  void forget(WatchedConnection connection) {
    connections.remove(connection);
    selector.wakeup();
  }

  private void run() {
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
      while (selector.isOpen()) {
        selector.select(key -> serve(key, buffer));
      }
    } catch (IOException | ClosedSelectorException e) {
      // Closed here, or broken: what follows is the same.
    } finally {
      endAll();
    }
  }

  private static void serve(SelectionKey key, ByteBuffer buffer) {
    WatchedConnection connection = (WatchedConnection) key.attachment();
    try {
      buffer.clear();
      if (connection.channel().read(buffer) < 0) {
        connection.end(TransportException.SHORT_READ);
      } else {
        connection.received(buffer.flip());
      }
    } catch (IOException e) {
      connection.end(TransportException.of(e).number());
    } catch (CancelledKeyException e) {
      connection.end(TransportException.BAD_DESCRIPTOR);
    }
  }

  private void endAll() {
    try {
      selector.close();
    } catch (IOException e) {
      // Nothing of it is needed any more.
    }
    for (WatchedConnection connection : connections) {
      connection.end(TransportException.BAD_DESCRIPTOR);
    }
  }

  /** Ends every connection and the thread. Leases held through them are given back. */
  @Override
  public void close() {
    endAll();
  }
}
