package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;

/** Sends signals to registered processes. Never blocks. */
@FunctionalInterface
public interface ProcessSignals {
  /**
   * Sends a signal to the process of a client, and to no other process that may have its number by
   * now.
   *
   * @return 0, or a negative errno
   */
  int send(Client client, int signal);
}
