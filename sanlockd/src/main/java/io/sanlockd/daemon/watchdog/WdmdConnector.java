package io.sanlockd.daemon.watchdog;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.Errno;
import io.sanlockd.wdmd.client.WdmdConnection;
import io.sanlockd.wdmd.client.WdmdException;
import io.sanlockd.wdmd.client.WdmdGreeting;
import io.sanlockd.wdmd.client.WdmdStatus;
import java.nio.file.Path;
import java.time.Duration;

/** Connections to wdmd's socket. */
public final class WdmdConnector implements WatchdogConnection.Connector {
  /** Names another socket than wdmd's own, for tests. */
  private static final String SOCKET_VARIABLE = "SANLOCK_WDMD_SOCKET";

  /** A wdmd that does not answer by then tests nobody either. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Path socket;

  /** Connects to a socket. */
  public WdmdConnector(Path socket) {
    this.socket = socket;
  }

  /** Connects to the socket that the environment names, else to wdmd's own. */
  public static WdmdConnector fromEnvironment() {
    String named = System.getenv(SOCKET_VARIABLE);
    return new WdmdConnector(
        named == null || named.isEmpty() ? WdmdConnection.DEFAULT_SOCKET : Path.of(named));
  }

  @Override
  public WatchdogConnection connect() throws LeaseException {
    try {
      return new Connection(WdmdConnection.connect(socket, LIMIT));
    } catch (WdmdException e) {
      throw failed(e);
    }
  }

  private static LeaseException failed(WdmdException e) {
    return new LeaseException(ResultCode.WD_ERROR, "connect_watchdog: " + e.getMessage());
  }

  private record Connection(WdmdConnection wdmd) implements WatchdogConnection {
    @Override
    public WdmdStatus open(int fireTimeoutSeconds) throws LeaseException {
      try {
        WdmdGreeting greeting = wdmd.greet(fireTimeoutSeconds, LIMIT);
        WdmdStatus status = greeting.status();
        return new WdmdStatus(
            status.testIntervalSeconds(), greeting.fireTimeoutSeconds(), status.lastKeepalive());
      } catch (WdmdException e) {
        throw failed(e);
      }
    }

    @Override
    public void register(String name) throws LeaseException {
      check("REGISTER", wdmd.register(name));
    }

    @Override
    public void setRefcount() throws LeaseException {
      check("REFCOUNT_SET", wdmd.refcountSet());
    }

    private static void check(String what, int result) throws LeaseException {
      if (result < 0) {
        throw new LeaseException(
            ResultCode.WD_ERROR, "wdmd does not take " + what + ": " + Errno.name(-result));
      }
    }

    @Override
    public WdmdStatus status() throws LeaseException {
      try {
        return wdmd.status(LIMIT);
      } catch (WdmdException e) {
        throw failed(e);
      }
    }

    @Override
    public int testLive(long renewalSeconds, long expireSeconds) {
      return wdmd.testLive(renewalSeconds, expireSeconds);
    }

    @Override
    public int deactivate() {
      return wdmd.deactivate();
    }

    @Override
    public boolean peerGone() {
      return wdmd.peerClosed();
    }

    @Override
    public void close() {
      wdmd.close();
    }
  }
}
