package io.sanlockd.lease.index;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.area.LeaseOwners;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.paxos.LockspaceHosts;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;

/**
 * Tells whether a lease area may be overwritten. A lease counts as used as long as the delta lease
 * of an owner or sharer does not prove that this incarnation is over.
 */
record LeaseUse(LockspaceHosts lockspace, LeaseName space, long timeoutNanos) {

  /**
   * The lease of our lockspace in this area, if there is a valid one.
   *
   * @throws LeaseException -283 or -224 when there is one that follows rules we do not know, or an
   *     I/O error
   */
  Optional<LeaderRecord> lease(ResourceArea area) throws LeaseException {
    LeaderRecord leader;
    try {
      leader = area.readLeader(space, LeaseName.EMPTY, timeoutNanos);
    } catch (LeaseException e) {
      boolean verification =
          e.result() <= ResultCode.LEADER_MAGIC.number()
              && e.result() >= ResultCode.LEADER_CHECKSUM.number();
      if (verification) {
        return Optional.empty();
      }
      throw e;
    }
    LeaderCheck.Verdict use = LeaderCheck.paxosUse(leader);
    if (!use.valid()) {
      throw new LeaseException(
          use.code(), area.disk().path() + ":" + area.offset() + ": " + use.detail());
    }
    return Optional.of(leader);
  }

  /** A host that may be using the lease of this area. */
  Optional<LeaseOwners.Owner> user(ResourceArea area) throws LeaseException {
    Optional<LeaderRecord> leader = lease(area);
    if (leader.isEmpty()) {
      return Optional.empty();
    }
    LeaseOwners owners = area.readOwners(space, leader.get().resourceName(), 0, timeoutNanos);
    for (LeaseOwners.Owner owner : owners.owners()) {
      if (mayBeAlive(owner)) {
        return Optional.of(owner);
      }
    }
    return Optional.empty();
  }

  private boolean mayBeAlive(LeaseOwners.Owner owner) throws LeaseException {
    LeaderRecord delta = lockspace.readDelta(owner.hostId());
    boolean gone =
        delta.isFree()
            || delta.ownerId() != owner.hostId()
            || Long.compareUnsigned(delta.ownerGeneration(), owner.generation()) > 0;
    return !gone;
  }
}
