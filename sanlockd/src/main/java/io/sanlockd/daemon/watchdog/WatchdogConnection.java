package io.sanlockd.daemon.watchdog;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.wdmd.client.WdmdStatus;

/**
 * One connection to the watchdog daemon (wdmd.md 3). Methods that throw may wait some seconds for
 * an answer and throw -203; they belong to the renewal thread.
 */
public interface WatchdogConnection {
  /** Opens connections. Thread-safe. */
  @FunctionalInterface
  interface Connector {
    /** Connects; may wait some seconds. */
    WatchdogConnection connect() throws LeaseException;
  }

  /**
   * Has the device opened, where the daemon's generation does that on request only.
   *
   * @return its state; a fire timeout of 0 says that it can not open the device
   */
  WdmdStatus open(int fireTimeoutSeconds) throws LeaseException;

  /** Gives the connection a name. */
  void register(String name) throws LeaseException;

  /** Keeps the daemon from ending. */
  void setRefcount() throws LeaseException;

  /** Asks for the state. */
  WdmdStatus status() throws LeaseException;

  /**
   * Promises that we are alive until {@code expireSeconds}, when the host is to be reset. Any
   * thread; never waits.
   *
   * @param renewalSeconds monotonic time on which the promise rests
   * @return 0, or a negative errno: -EAGAIN when the message does not fit now, -ESHUTDOWN and
   *     nothing sent after {@link #deactivate}
   */
  int testLive(long renewalSeconds, long expireSeconds);

  /**
   * Takes the promise and the refcount back. Whatever the interleaving and the outcome, no {@link
   * #testLive} is sent any more once this was called. Any thread; never waits; may be repeated.
   *
   * @return 0, or a negative errno: -EAGAIN when the messages do not fit now
   */
  int deactivate();

  /** Whether the other end is closed. Any thread; never waits. */
  boolean peerGone();

  /** Closes it; fatal for the host by design while a promise stands. */
  void close();
}
