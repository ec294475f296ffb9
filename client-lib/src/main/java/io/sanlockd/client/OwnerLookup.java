package io.sanlockd.client;

import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out who owns a lease (protocol.md 8.24; v5.md 6.1). */
final class OwnerLookup {
  private static final int NAME_LENGTH = LeaseName.FIELD_LENGTH;

  private OwnerLookup() {}

  /** The owners on disk, with what the daemon knows of their hosts. */
  static List<LeaseOwner> owners(SanlockClient client, Resource resource) throws SanlockException {
    List<Host> found = client.readResourceOwners(resource).owners();
    if (found.isEmpty()) {
      return List.of();
    }
    LeaseName lockspace = resource.lockspaceName();
    Map<Long, Host> hosts = hosts(client, lockspace);
    Map<Long, String> names = names(client, lockspace);
    List<LeaseOwner> owners = new ArrayList<>();
    for (Host owner : found) {
      owners.add(
          LeaseOwner.of(
              owner, state(owner, hosts), Optional.ofNullable(names.get(owner.hostId()))));
    }
    return owners;
  }

  /** A host that has come back since is dead in the generation that took the lease. */
  private static HostState state(Host owner, Map<Long, Host> hosts) {
    Host host = hosts.get(owner.hostId());
    if (host == null) {
      return HostState.UNKNOWN;
    }
    return host.generation() == owner.generation() ? host.state() : HostState.DEAD;
  }

  /** What is known of the hosts; nothing in the first seconds after the lockspace was joined. */
  private static Map<Long, Host> hosts(SanlockClient client, LeaseName lockspace) {
    Map<Long, Host> hosts = new HashMap<>();
    try {
      for (Host host : client.hosts(lockspace, 0)) {
        hosts.put(host.hostId(), host);
      }
    } catch (SanlockException e) {
      // Owners are worth telling without the state of their hosts.
    }
    return hosts;
  }

  private static Map<Long, String> names(SanlockClient client, LeaseName lockspace) {
    Map<Long, String> names = new HashMap<>();
    try {
      for (State state : client.hostStatus(lockspace)) {
        Optional<String> name = state.value("owner_name").filter(text -> !text.isEmpty());
        name.ifPresent(text -> names.put(Integer.toUnsignedLong(state.entry().data32()), text));
      }
    } catch (SanlockException e) {
      // As above: the name is an addition.
    }
    return names;
  }

  /** The owner behind a refused ACQUIRE2: sanlk_host and a name; empty when none was sent. */
  static Optional<LeaseOwner> ofReply(Reply reply) throws SanlockException {
    ByteBuffer payload = reply.payload().duplicate();
    if (payload.remaining() < Host.LENGTH + NAME_LENGTH) {
      return Optional.empty();
    }
    try {
      Host host = Host.decode(payload);
      byte[] field = new byte[NAME_LENGTH];
      payload.get(field);
      LeaseName name = LeaseName.ofField(field);
      return Optional.of(
          LeaseOwner.of(
              host, host.state(), name.isEmpty() ? Optional.empty() : Optional.of(name.text())));
    } catch (ProtocolException e) {
      throw new SanlockException(TransportException.SHORT_READ, Command.ACQUIRE);
    }
  }
}
