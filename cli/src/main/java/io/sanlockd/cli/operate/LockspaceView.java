package io.sanlockd.cli.operate;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A lockspace of a daemon at one moment.
 *
 * @param state its LOCKSPACE record
 * @param hosts what renewals have seen, by host_id
 * @param hostStates what the daemon makes of it
 * @param renewals oldest first
 * @param leases the RESOURCE records of it
 */
record LockspaceView(
    State state,
    List<HostSight> hosts,
    Map<Long, HostState> hostStates,
    List<RenewalPoint> renewals,
    List<State> leases) {

  static LockspaceView read(SanlockClient client, DaemonView daemon, State state) {
    LeaseName name = state.entry().name();
    List<State> leases = new ArrayList<>();
    for (State lease : daemon.leases()) {
      if (lease.resource().orElseThrow().lockspaceName().equals(name)) {
        leases.add(lease);
      }
    }
    return new LockspaceView(
        state,
        hosts(client, name),
        hostStates(client, name),
        renewals(client, name),
        List.copyOf(leases));
  }

  // What a daemon does not tell, in the first seconds or ever, is left out of the view.

  private static List<HostSight> hosts(SanlockClient client, LeaseName name) {
    try {
      return client.hostStatus(name).stream().map(HostSight::of).toList();
    } catch (SanlockException e) {
      return List.of();
    }
  }

  private static Map<Long, HostState> hostStates(SanlockClient client, LeaseName name) {
    Map<Long, HostState> states = new HashMap<>();
    try {
      for (Host host : client.hosts(name, 0)) {
        states.put(host.hostId(), host.state());
      }
    } catch (SanlockException e) {
      return Map.of();
    }
    return Map.copyOf(states);
  }

  private static List<RenewalPoint> renewals(SanlockClient client, LeaseName name) {
    try {
      return client.renewals(name).stream().map(RenewalPoint::of).toList();
    } catch (SanlockException e) {
      return List.of();
    }
  }

  String name() {
    return Bytes.toUnicode(state.entry().name().text());
  }

  long hostId() {
    return state.entry().data64();
  }

  int ioTimeout() {
    return (int) Math.max(1, Math.min(255, Values.number(state, "io_timeout", 10)));
  }

  long generation() {
    return Values.number(state, "host_generation", 0);
  }

  /** Second of the last renewal, 0 = none yet. */
  long lastSuccess() {
    return Values.number(state, "renewal_last_success", 0);
  }

  String phase() {
    return switch (state.value("list").orElse("")) {
      case "add" -> "being added";
      case "rem" -> "being removed";
      default -> Values.number(state, "space_dead", 0) == 0 ? "joined" : "FAILED";
    };
  }

  String place() {
    return state
        .lockspace()
        .map(ls -> Bytes.toUnicode(ls.disk().path()) + ":" + ls.disk().offset())
        .orElse("");
  }

  Optional<Latencies> latencies() {
    List<Long> nanos = new ArrayList<>();
    for (RenewalPoint point : renewals) {
      nanos.add(point.slowestMillis() * 1_000_000);
    }
    return nanos.isEmpty() ? Optional.empty() : Optional.of(Latencies.of(nanos));
  }

  long failures() {
    return renewals.stream().mapToLong(RenewalPoint::failures).sum();
  }
}
