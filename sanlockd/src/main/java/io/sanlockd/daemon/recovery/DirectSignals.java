package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.posix.Errno;

/** Signals sent by the daemon itself to the process taken hold of when the client registered. */
public final class DirectSignals implements ProcessSignals {
  @Override
  public int send(Client client, int signal) {
    return client.process().map(process -> process.signal(signal)).orElse(-Errno.ESRCH);
  }
}
