package io.sanlockd.client;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;

/**
 * A connection whose descriptor number is known, so that it can be handed to the program that
 * replaces this process. Loads native code; has no read timeout.
 */
public final class NativeTransport implements Transport {
  private final UnixSocketChannel channel;

  private NativeTransport(UnixSocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects.
   *
   * @throws TransportException with a negative errno
   */
  public static NativeTransport connect(Endpoint endpoint) throws TransportException {
    try {
      return new NativeTransport(
          UnixSocketChannel.open(new UnixSocketAddress(new File(endpoint.socketPath()))));
    } catch (IOException e) {
      throw TransportException.ofConnect(e, endpoint.socketPath());
    }
  }

  /** The descriptor, 0 or more. It stays this object's: never close it yourself. */
  public int descriptor() {
    return channel.getFD();
  }

  @Override
  public void send(ByteBuffer bytes) throws TransportException {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw TransportException.of(e);
    }
  }

  @Override
  public int receive(ByteBuffer target) throws TransportException {
    try {
      return channel.read(target);
    } catch (IOException e) {
      throw TransportException.of(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // See Transport.close.
    }
  }
}
