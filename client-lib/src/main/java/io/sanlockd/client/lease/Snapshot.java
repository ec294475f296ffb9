package io.sanlockd.client.lease;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import io.sanlockd.protocol.StateRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon holds at one moment, as its STATUS tells (protocol.md 9): the state of its
 * lockspaces and who holds which lease.
 *
 * @param spaces by name
 * @param holdings by lease; several of one shared lease
 */
record Snapshot(Map<LeaseName, Space> spaces, Map<LeaseKey, List<Holding>> holdings) {
  /**
   * A lockspace.
   *
   * @param hostId our host_id in it
   * @param generation of our host_id
   * @param ioTimeoutSeconds its io_timeout
   * @param renewalAgeSeconds since the last good renewal of our delta lease, by the daemon's clock
   * @param isUsable whether it is neither failing nor being left
   */
  record Space(
      long hostId,
      long generation,
      int ioTimeoutSeconds,
      long renewalAgeSeconds,
      boolean isUsable) {}

  /** Names of a lease. */
  record LeaseKey(LeaseName lockspace, LeaseName name) {
    static LeaseKey of(Resource resource) {
      return new LeaseKey(resource.lockspaceName(), resource.name());
    }
  }

  /**
   * A process that holds a lease.
   *
   * @param pid of the process, in the daemon's pid namespace
   * @param version lver of the lease
   * @param mode how it is held
   */
  record Holding(int pid, long version, LeaseMode mode) {}

  /** Asks the daemon. */
  static Snapshot take(SanlockClient client) throws SanlockException {
    return of(client.status());
  }

  /**
   * Of what the daemon told.
   *
   * @throws SanlockException -1 when a number is missing or a renewal is in the future: what is not
   *     told is not confirmed
   */
  static Snapshot of(List<State> states) throws SanlockException {
    long now = 0;
    Map<LeaseName, Space> spaces = new HashMap<>();
    Map<LeaseKey, List<Holding>> holdings = new HashMap<>();
    for (State state : states) {
      switch (state.entry().type()) {
        case StateRecord.DAEMON -> now = number(state, "monotime");
        case StateRecord.LOCKSPACE -> spaces.putIfAbsent(state.entry().name(), space(state, now));
        case StateRecord.RESOURCE -> addHolding(state, holdings);
        default -> {
          // Connections are of no interest.
        }
      }
    }
    return new Snapshot(spaces, holdings);
  }

  private static Space space(State state, long now) throws SanlockException {
    long renewed = number(state, "renewal_last_success");
    if (renewed > now) {
      throw broken();
    }
    return new Space(
        state.entry().data64(),
        number(state, "host_generation"),
        (int) number(state, "io_timeout"),
        now - renewed,
        isIn(state, "spaces")
            && number(state, "space_dead") == 0
            && number(state, "killing_pids") == 0);
  }

  private static void addHolding(State state, Map<LeaseKey, List<Holding>> holdings) {
    Resource resource = state.resource().orElseThrow();
    if (isIn(state, "held")) {
      LeaseMode mode = resource.has(ResourceFlags.SHARED) ? LeaseMode.SHARED : LeaseMode.EXCLUSIVE;
      holdings
          .computeIfAbsent(LeaseKey.of(resource), key -> new ArrayList<>())
          .add(new Holding(state.entry().data32(), state.entry().data64(), mode));
    }
  }

  private static boolean isIn(State state, String list) {
    return state.value("list").equals(Optional.of(list));
  }

  private static long number(State state, String key) throws SanlockException {
    try {
      return Long.parseLong(state.value(key).orElse("missing"));
    } catch (NumberFormatException e) {
      throw broken();
    }
  }

  private static SanlockException broken() {
    return new SanlockException(ResultCode.EGENERIC.number(), Command.STATUS);
  }

  Optional<Space> space(LeaseName name) {
    return Optional.ofNullable(spaces.get(name));
  }

  /** The processes that hold a lease, none when nobody does. */
  List<Holding> holdings(Resource resource) {
    return holdings.getOrDefault(LeaseKey.of(resource), List.of());
  }
}
