package io.sanlockd.client;

import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import java.util.Optional;

/**
 * A host that owns a lease, as far as this host knows.
 *
 * @param hostId its host_id
 * @param generation of the host_id when it took the lease
 * @param state what the daemon here thinks of that host; {@link HostState#UNKNOWN} when it did not
 *     say
 * @param hostName as in its delta lease
 */
public record LeaseOwner(long hostId, long generation, HostState state, Optional<String> hostName) {

  static LeaseOwner of(Host host, HostState state, Optional<String> hostName) {
    return new LeaseOwner(host.hostId(), host.generation(), state, hostName);
  }

  /** As in {@code host 2 (node-b), generation 5, LIVE}. */
  @Override
  public String toString() {
    return "host "
        + Long.toUnsignedString(hostId)
        + hostName.map(name -> " (" + name + ")").orElse("")
        + ", generation "
        + Long.toUnsignedString(generation)
        + ", "
        + state;
  }
}
