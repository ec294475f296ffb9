package io.sanlockd.daemon.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** All connections by slot. Main loop only. */
public final class Clients {
  private final TreeMap<Integer, Client> bySlot = new TreeMap<>();

  /**
   * Registered clients whose connection is closed but that are not done with: a command still runs
   * for them, or their process may still run and use leases of a lockspace that is being killed.
   */
  private final List<Client> departed = new ArrayList<>();

  private final Collection<Client> connected = Collections.unmodifiableCollection(bySlot.values());

  /** A new connection. */
  public void add(Client client) {
    bySlot.put(client.slot(), client);
  }

  /** The connection's slot is free again. */
  public void remove(Client client) {
    bySlot.remove(client.slot(), client);
  }

  /** Every connection, by ascending slot. */
  public Collection<Client> all() {
    return List.copyOf(bySlot.values());
  }

  /** Every connection, by ascending slot; none may be added or removed while it is used. */
  public Iterable<Client> connected() {
    return connected;
  }

  /** The registered client with the lowest slot that has this pid; pid 0 matches nobody. */
  public Optional<Client> byPid(int pid) {
    if (pid <= 0) {
      return Optional.empty();
    }
    return bySlot.values().stream().filter(c -> c.pid() == pid).findFirst();
  }

  /** Registered clients without a connection whose leases were not given up yet. */
  public List<Client> departed() {
    return departed;
  }
}
