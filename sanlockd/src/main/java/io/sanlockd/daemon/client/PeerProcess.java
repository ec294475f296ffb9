package io.sanlockd.daemon.client;

import io.sanlockd.posix.PosixException;

/**
 * A registered process: this very one, not another that got its number later. Main loop only; no
 * method waits.
 */
public interface PeerProcess extends AutoCloseable {
  /** Whether it has ended. */
  boolean exited() throws PosixException;

  /**
   * Sends it a signal.
   *
   * @return 0, or a negative errno
   */
  int signal(int number);

  /** Forgets it. */
  @Override
  void close();
}
