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
    /** Whether there is one that may. */
    boolean maySignalAnybody();

    /**
     * Has a signal sent. Allocates nothing.
     *
     * @return 0, or a negative errno when that will not happen: -ENOTCONN when there is no helper,
     *     -EAGAIN when it is busy, -EPERM when it has no more privilege than we
     */
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
    if (helper.maySignalAnybody()) {
      return 0;
    }
    return client.process().isEmpty() ? -Errno.ESRCH : client.process().get().signal(NO_SIGNAL);
  }
}
