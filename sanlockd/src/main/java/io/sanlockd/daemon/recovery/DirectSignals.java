package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.posix.Errno;

/**
 * Signals sent by the daemon itself to the process taken hold of when the client registered; where
 * it may not, the helper sends them.
 */
public final class DirectSignals implements ProcessSignals {
  private static final int NO_SIGNAL = 0;

  /** Sends a signal by pid with more privilege than ours. */
  public interface Helper {
    /** Whether there is one. */
    boolean available();

    /** Returns 0 or a negative errno: -ENOTCONN when there is none, -EAGAIN when it is busy. */
    int kill(int pid, int signal);
  }

  private final Helper helper;

  /** Signals with a helper behind them. */
  public DirectSignals(Helper helper) {
    this.helper = helper;
  }

  @Override
  public int send(Client client, int signal) {
    if (client.process().isEmpty()) {
      return -Errno.ESRCH;
    }
    int result = client.process().get().signal(signal);
    return result == -Errno.EPERM ? helper.kill(client.tokens().get(0).pid(), signal) : result;
  }

  @Override
  public int test(Client client) {
    if (helper.available()) {
      return 0;
    }
    return client.process().isEmpty() ? -Errno.ESRCH : client.process().get().signal(NO_SIGNAL);
  }
}
