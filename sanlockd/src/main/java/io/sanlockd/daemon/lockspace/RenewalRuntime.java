package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.Pause;

/** How renewal threads run and wait. Thread-safe. */
public interface RenewalRuntime {
  /**
   * Runs {@code body} on a thread of its own.
   *
   * @return false when there can be no more threads
   */
  boolean start(String name, Runnable body);

  /** The signal that will end one of the threads. */
  StopSignal stopSignal();

  /** Waits that nothing ends early. */
  Pause pause();
}
