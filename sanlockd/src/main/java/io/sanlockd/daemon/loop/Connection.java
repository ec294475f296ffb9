package io.sanlockd.daemon.loop;

import io.sanlockd.posix.UnixSockets.PeerCredentials;
import java.nio.ByteBuffer;
import java.util.Iterator;

/**
 * One client connection as its {@link RequestHandler} sees it: HEADER, PAYLOAD, SERVING, FLUSHING
 * and back, one request at a time; bytes of further requests wait in the socket. Used on the loop's
 * thread only; workers come back through {@link EventLoop#execute}.
 *
 * <p>A request is answered exactly once, by one of {@code reply}, {@code replyAndClose}, {@link
 * #finish} and {@link #closeGently}. These throw IllegalStateException when no request is being
 * served and do nothing when the connection is already closed.
 */
public interface Connection {
  /** Where a connection is. */
  enum State {
    /** Waiting for a header. */
    HEADER,
    /** Waiting for the rest of a payload. */
    PAYLOAD,
    /** The request is with its handler; nothing is read. */
    SERVING,
    /** The reply is on its way; nothing is read. */
    FLUSHING,
    CLOSED
  }

  /** Index in the client table, 2 or more: the {@code ci} of STATUS. */
  int slot();

  /** Raw descriptor; it stays the loop's. */
  int fd();

  /** The process that connected. */
  PeerCredentials peer();

  State state();

  /** From now on this connection is the life of a process: only its peer ends it. */
  void markRegistered();

  boolean registered();

  /** Keeps an object of the handler's. */
  void attach(Object object);

  /** What was attached, or null. */
  Object attachment();

  /** Answers the request. The buffer belongs to the connection from now on. */
  void reply(ByteBuffer message);

  /**
   * Answers with chunks that are asked for, on the loop's thread, only as fast as the peer reads;
   * each chunk belongs to the connection.
   */
  void reply(Iterator<ByteBuffer> chunks);

  /**
   * Answers, then closes; gently if the peer has sent more. A registered connection stays open
   * ({@code protocol.md} 5.4).
   */
  void replyAndClose(ByteBuffer message);

  /** Like {@link #replyAndClose(ByteBuffer)} with chunks as in {@link #reply(Iterator)}. */
  void replyAndClose(Iterator<ByteBuffer> chunks);

  /** Ends the request without a reply. */
  void finish();

  /**
   * Reads and discards until the peer is silent, then closes: a blocked client gets an end of
   * stream instead of waiting for ever, and no SIGPIPE ({@code protocol.md} 4.1). On a registered
   * connection only the request ends. Allowed at any time; the slot is free at once.
   */
  void closeGently();

  /**
   * Throws away the next bytes from this connection as they come within some time: the rest of a
   * request that was refused early ({@code protocol.md} 5.5). What comes later is read as a header.
   *
   * @param bytes how many, at least 0
   * @param withinMillis how long, at least 0
   */
  void discardInput(int bytes, int withinMillis);

  /** Closes at once, whatever is going on. */
  void close();

  /**
   * Answers, and from then on only sends: the slot becomes free, {@link RequestHandler#ended} is
   * not told, and input is ignored but for the end. A reply that can not be sent at once ends the
   * channel.
   *
   * @param onEnd told once when the peer ends the channel, not when {@link PushChannel#close} does
   * @throws IllegalStateException when the connection is registered: it is the life of a process
   */
  PushChannel replyAndPush(ByteBuffer message, Runnable onEnd);
}
