package io.sanlockd.lease.paxos;

import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;

/**
 * The beginning of a lease area as read from one replica: leader, request record and the host
 * blocks in use. Not a consistent snapshot; each sector in it is.
 */
final class AreaImage implements AutoCloseable {
  private final LeaseBuffer buffer;
  private final AreaLayout layout;
  private final Replica replica;

  AreaImage(LeaseBuffer buffer, AreaLayout layout, Replica replica) {
    this.buffer = buffer;
    this.layout = layout;
    this.replica = replica;
  }

  Replica replica() {
    return replica;
  }

  LeaderCheck.Verdict checkLeader(PaxosIdentity identity) {
    return LeaderCheck.paxosForUse(
        buffer.store(),
        AreaLayout.LEADER,
        identity.space(),
        identity.resource(),
        identity.hostId());
  }

  LeaderRecord leader() {
    return LeaderRecord.decode(buffer.store(), AreaLayout.LEADER);
  }

  boolean dblockValid(long hostId) {
    return Dblock.validAt(buffer.store(), layout.hostBlock(hostId));
  }

  HostBlock hostBlock(long hostId) {
    return HostBlock.decode(buffer.store(), layout.hostBlock(hostId));
  }

  @Override
  public void close() {
    buffer.close();
  }
}
