package io.sanlockd.cli.operate;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.protocol.StateRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a daemon holds, from one STATUS; of our daemon and of the C program's. */
final class DaemonView {
  private final List<State> states;

  private DaemonView(List<State> states) {
    this.states = states;
  }

  static DaemonView of(List<State> states) {
    return new DaemonView(List.copyOf(states));
  }

  static DaemonView read(SanlockClient client) throws SanlockException {
    return of(client.status());
  }

  /** The daemon's clock when it answered, 0 when it did not say. */
  long nowSeconds() {
    return daemonNumber("monotime", 0);
  }

  long daemonNumber(String key, long fallback) {
    return daemon().map(state -> Values.number(state, key, fallback)).orElse(fallback);
  }

  Optional<String> hostName() {
    return daemon().flatMap(state -> state.value("our_host_name")).map(Bytes::toUnicode);
  }

  /** The record of the daemon itself. */
  Optional<State> daemon() {
    return ofType(StateRecord.DAEMON).stream().findFirst();
  }

  /** All connections, also those of the daemon's own parts. */
  List<State> connections() {
    return ofType(StateRecord.CLIENT);
  }

  List<State> lockspaces() {
    return ofType(StateRecord.LOCKSPACE);
  }

  List<State> leases() {
    return ofType(StateRecord.RESOURCE);
  }

  /** Registered processes. */
  List<State> processes() {
    return connections().stream().filter(s -> s.entry().data32() > 0).toList();
  }

  /** {@code 4711 (name)}; without a name that says nothing. */
  String process(int pid) {
    return processes().stream()
        .filter(state -> state.entry().data32() == pid)
        .map(state -> Bytes.toUnicode(state.entry().name().text()))
        .filter(name -> !name.isEmpty() && !name.equals(Integer.toString(pid)))
        .map(name -> pid + " (" + name + ")")
        .findFirst()
        .orElse(Integer.toString(pid));
  }

  private List<State> ofType(int type) {
    List<State> found = new ArrayList<>();
    for (State state : states) {
      if (state.entry().type() == type) {
        found.add(state);
      }
    }
    return found;
  }
}
