package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;

/** Sends signals to registered processes. Never blocks. Main loop only. */
public interface ProcessSignals {
  /**
   * Sends a signal to the process of a client, and to no other process that may have its number by
   * now. Allocates nothing.
   *
   * @return 0, or a negative errno: -ESRCH when the process has ended, -ENOTCONN when only a helper
   *     could do it and there is none, -EAGAIN when the helper has too much to do
   */
  int send(Client client, int signal);

  /** Whether {@link #send} would work now: 0, or what it would return. */
  int test(Client client);
}
