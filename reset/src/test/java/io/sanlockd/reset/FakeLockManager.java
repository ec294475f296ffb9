package io.sanlockd.reset;

import io.sanlockd.client.EventFlag;
import io.sanlockd.client.LockspaceUse;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.HostState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A lock manager that does what the test says. Calls that succeed are recorded as text. */
final class FakeLockManager implements LockManager {
  final List<String> calls = new ArrayList<>();
  final Map<String, Listener> listeners = new HashMap<>();

  /** Hosts by lockspace. */
  final Map<String, Host> hosts = new HashMap<>();

  /** Results of calls that fail, by command and lockspace, such as {@code SET_EVENT ls}. */
  final Map<String, Integer> failures = new HashMap<>();

  boolean answers = true;

  @Override
  public Subscription subscribe(LeaseName lockspace, Listener listener) throws SanlockException {
    attempt(Command.REG_EVENT, lockspace, "");
    listeners.put(lockspace.text(), listener);
    return () -> {
      calls.add("END_EVENT " + lockspace.text());
      listeners.remove(lockspace.text());
      return answers;
    };
  }

  @Override
  public void setEvent(LeaseName lockspace, HostEvent event, EventFlag... flags)
      throws SanlockException {
    attempt(
        Command.SET_EVENT,
        lockspace,
        String.format(
            " %d %d %x%s",
            event.hostId(),
            event.generation(),
            event.event(),
            flags.length == 0 ? "" : " " + Arrays.toString(flags)));
  }

  @Override
  public List<Host> hosts(LeaseName lockspace, long hostId) throws SanlockException {
    attempt(Command.GET_HOSTS, lockspace, "");
    calls.remove(calls.size() - 1);
    Host host = hosts.get(lockspace.text());
    return host == null ? List.of() : List.of(host);
  }

  @Override
  public void setConfig(LeaseName lockspace, LockspaceUse use) throws SanlockException {
    attempt(Command.SET_CONFIG, lockspace, " " + use);
  }

  private void attempt(Command command, LeaseName lockspace, String more) throws SanlockException {
    String call = command + " " + lockspace.text();
    if (failures.containsKey(call)) {
      throw new SanlockException(failures.get(call), command);
    }
    calls.add(call + more);
  }

  /** An event from a host of generation 3 arrives. */
  void deliver(String lockspace, long fromHostId, long bits) {
    HostEvent event = new HostEvent(1, 1, bits, 0);
    listeners.get(lockspace).event(new EventMessage(event, fromHostId, 3));
  }

  void host(String lockspace, HostState state, long timestamp, int ioTimeout) {
    hosts.put(lockspace, new Host(2, 3, timestamp, ioTimeout, state.number()));
  }
}
