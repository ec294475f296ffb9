package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.resource.Resource;
import io.sanlockd.daemon.status.HelperFacts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What only the main loop may look at, as it was at one moment.
 *
 * @param lockspaces all of them
 * @param connections clients connected
 * @param registered those whose process may hold leases
 * @param descriptors what all clients cost
 * @param leases how many there are in each state
 * @param helper the helper process
 */
record LoopView(
    List<Space> lockspaces,
    int connections,
    int registered,
    int descriptors,
    Map<Resource.State, Integer> leases,
    HelperFacts helper) {

  /**
   * One lockspace.
   *
   * @param lockspace what any thread may ask it
   * @param leaseLost whether our lease, or its protection, was found lost
   */
  record Space(Lockspace lockspace, boolean leaseLost) {}

  /** On the main loop. */
  static LoopView of(Sources sources) {
    List<Space> lockspaces = new ArrayList<>();
    for (Lockspace.Phase phase : Lockspace.Phase.values()) {
      for (Lockspace lockspace : sources.lockspaces().in(phase)) {
        lockspaces.add(new Space(lockspace, lockspace.renewalFailed()));
      }
    }
    int connections = 0;
    int registered = 0;
    for (Client client : sources.clients().connected()) {
      connections++;
      registered += client.registered() ? 1 : 0;
    }
    Map<Resource.State, Integer> leases = new EnumMap<>(Resource.State.class);
    for (Resource.State state : Resource.State.values()) {
      leases.put(state, sources.resources().count(state));
    }
    return new LoopView(
        lockspaces,
        connections,
        registered,
        sources.clientDescriptors().getAsInt(),
        leases,
        sources.helper().get());
  }
}
