package io.sanlockd.cli.operate;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A daemon and its lockspaces at one moment.
 *
 * @param fireTimeout watchdog_fire_timeout of this host
 */
record Snapshot(
    DaemonView daemon, List<LockspaceView> lockspaces, int fireTimeout, LocalDateTime at) {

  /**
   * Asks the daemon.
   *
   * @param wanted only the lockspace of this name
   */
  static Snapshot read(SanlockClient client, Optional<String> wanted, int fireTimeout)
      throws SanlockException {
    DaemonView daemon = DaemonView.read(client);
    List<LockspaceView> lockspaces = new ArrayList<>();
    for (State state : daemon.lockspaces()) {
      String name = Bytes.toUnicode(state.entry().name().text());
      if (wanted.isEmpty() || wanted.get().equals(name)) {
        lockspaces.add(LockspaceView.read(client, daemon, state));
      }
    }
    return new Snapshot(
        daemon,
        List.copyOf(lockspaces),
        (int) daemon.daemonNumber("watchdog_fire_timeout", fireTimeout),
        LocalDateTime.now(ZoneId.systemDefault()));
  }

  /** When things happen if the storage of a lockspace is lost; empty before its first renewal. */
  Optional<FenceForecast> forecast(LockspaceView lockspace) {
    long now = daemon.nowSeconds();
    if (lockspace.lastSuccess() == 0 || now == 0) {
      return Optional.empty();
    }
    FailurePlan plan =
        FailurePlan.of(
            lockspace.ioTimeout(),
            fireTimeout,
            (int) daemon.daemonNumber("kill_grace_seconds", 40),
            daemon.daemonNumber("use_watchdog", 1) != 0);
    return Optional.of(new FenceForecast(plan, Math.max(0, now - lockspace.lastSuccess())));
  }
}
