package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.HostTable;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.delta.DeltaSector;
import io.sanlockd.lease.delta.HostMonitor;
import io.sanlockd.lease.delta.LockspaceIdentity;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.paxos.LockspaceHosts;
import io.sanlockd.model.ResultCode;

/**
 * Our membership in a lockspace from join to leave: who we are, in which generation, and what we
 * see of the others. Thread-safe.
 *
 * @param identity who we are and where the lockspace lies
 * @param generation generation of our host_id
 * @param disk for reads of single delta leases, apart from the renewals' descriptor so that stuck
 *     reads can not use up what renewals need
 * @param monitor what renewals have seen
 * @param fence shut before the lockspace is left
 * @param requestKilobytes size that requests to the block device were given, 0 = none
 */
public record Membership(
    LockspaceIdentity identity,
    long generation,
    LeaseDisk disk,
    HostMonitor monitor,
    WriteFence fence,
    int requestKilobytes)
    implements LockspaceHosts {
  @Override
  public HostTable hosts() {
    return monitor;
  }

  @Override
  public LeaderRecord readDelta(long hostId) throws LeaseException {
    if (hostId < 1 || hostId > identity.geometry().maxHosts()) {
      throw new LeaseException(
          ResultCode.ERROR, "owner host_id " + hostId + " can not exist in " + identity.space());
    }
    return DeltaSector.read(
        disk, identity, hostId, identity.times().ioTimeoutNanos(), "paxos_acquire");
  }
}
