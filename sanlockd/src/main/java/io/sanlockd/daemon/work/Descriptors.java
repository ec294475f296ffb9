package io.sanlockd.daemon.work;

import io.sanlockd.posix.PosixException;

/** Lets the main loop watch a descriptor for a room. Main loop only. */
public interface Descriptors {
  /**
   * Calls {@code onReady} on the main loop whenever the descriptor has input or was hung up.
   *
   * @throws PosixException when it can not be watched
   */
  void watch(int fd, Runnable onReady) throws PosixException;

  /** Ends watching; before the descriptor is closed. */
  void unwatch(int fd);
}
