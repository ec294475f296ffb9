package io.sanlockd.client;

import java.nio.ByteBuffer;

/** Bytes to and from the daemon. One thread at a time. */
interface Transport extends AutoCloseable {
  /**
   * Sends all remaining bytes.
   *
   * @throws TransportException with a negative errno
   */
  void send(ByteBuffer bytes) throws TransportException;

  /**
   * Receives at least one byte unless the stream ended.
   *
   * @return bytes received, -1 at end of stream
   * @throws TransportException with a negative errno, -110 when the wait took too long
   */
  int receive(ByteBuffer target) throws TransportException;

  /** Closes. Failing to is not reported: every reply was read before, the descriptor is gone. */
  @Override
  void close();
}
