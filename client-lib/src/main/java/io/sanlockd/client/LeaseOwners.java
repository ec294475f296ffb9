package io.sanlockd.client;

import io.sanlockd.model.Check;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Resource;
import java.util.List;

/**
 * Who owns a lease on disk, alive or not.
 *
 * @param resource with its version, SHARED when there are shared owners
 * @param owners the exclusive owner with a timestamp, then shared owners with timestamp 0
 */
public record LeaseOwners(Resource resource, List<Host> owners) {
  /** Copies the list. */
  public LeaseOwners {
    owners = List.copyOf(owners);
  }

  /**
   * Whether an owner may still be alive, so that the lease cannot be had yet (protocol.md 12,
   * {@code sanlock_test_resource_owners}). Owners whose host was not seen, or was seen in a later
   * generation, are gone.
   *
   * @param hosts of the lockspace, as {@link SanlockClient#hosts} gives them
   * @throws IllegalArgumentException when an owner has a later generation than its host: the hosts
   *     were asked for before the owners
   */
  public boolean mayBeAlive(List<Host> hosts) {
    return owners.stream().anyMatch(owner -> mayBeAlive(owner, hosts));
  }

  private static boolean mayBeAlive(Host owner, List<Host> hosts) {
    for (Host host : hosts) {
      if (host.hostId() == owner.hostId()) {
        int order = Long.compareUnsigned(host.generation(), owner.generation());
        Check.argument(order >= 0, "host " + owner.hostId() + " has an older generation");
        return order == 0 && host.state() != HostState.FREE && host.state() != HostState.DEAD;
      }
    }
    return false;
  }
}
