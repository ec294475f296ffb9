package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.posix.Errno;

/** Signals through the process descriptor taken when the client registered. */
public final class PidFdSignals implements ProcessSignals {
  @Override
  public int send(Client client, int signal) {
    return client.process() == null ? -Errno.ESRCH : client.process().signal(signal);
  }
}
