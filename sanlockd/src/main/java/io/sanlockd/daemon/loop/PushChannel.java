package io.sanlockd.daemon.loop;

import java.nio.ByteBuffer;

/**
 * A connection that became a one-way street: we send messages when we have some, the peer only says
 * that it has enough ({@code protocol.md} 10). Loop's thread only.
 */
public interface PushChannel {
  /** Bytes of the longest message. */
  int MESSAGE_BYTES = 256;

  /**
   * Sends a message as a whole or not at all; never waits.
   *
   * @param message 1..{@value #MESSAGE_BYTES} bytes from position to limit; not changed
   * @return false when the peer has not read enough to take it now, or is gone
   */
  boolean send(ByteBuffer message);

  /** Whether the peer has closed it or said that it is done; looks at the socket. */
  boolean ended();

  /** Closes it; does nothing when it has ended. */
  void close();
}
