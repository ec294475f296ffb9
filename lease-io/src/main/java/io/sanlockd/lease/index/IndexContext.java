package io.sanlockd.lease.index;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.Randomness;
import io.sanlockd.lease.paxos.BallotMemory;
import io.sanlockd.lease.paxos.LeaseReplicas;
import io.sanlockd.lease.paxos.LockspaceHosts;
import io.sanlockd.lease.paxos.PaxosContext;
import io.sanlockd.lease.paxos.PaxosIdentity;
import io.sanlockd.lease.paxos.Replica;
import io.sanlockd.model.LeaseName;
import java.util.List;

/**
 * What the operations of one host on one index work with.
 *
 * @param space the lockspace
 * @param hostId our host_id
 * @param generation our generation
 * @param times intervals of our io_timeout
 * @param initTimeoutNanos limit of writing a whole area
 * @param lockspace knowledge of the other hosts
 * @param memory what we remember of our ballots for the internal lease of this index; kept between
 *     the operations of one generation
 * @param clock our time
 * @param randomness source of backoff delays
 * @param cancellation when to give up: the lockspace fails or the daemon stops. Not when a client
 *     dies: an operation under way is better finished
 * @param log where to report
 */
public record IndexContext(
    LeaseName space,
    long hostId,
    long generation,
    LeaseTimes times,
    long initTimeoutNanos,
    LockspaceHosts lockspace,
    BallotMemory memory,
    Clock clock,
    Randomness randomness,
    Cancellation cancellation,
    LeaseLog log) {

  /**
   * For operations that need no internal lease, by who belongs to no lockspace.
   *
   * @param initTimeoutNanos limit of writing a whole area
   */
  public static IndexContext withoutLockspace(
      LeaseName space, LeaseTimes times, long initTimeoutNanos, Clock clock, LeaseLog log) {
    return new IndexContext(
        space,
        0,
        0,
        times,
        initTimeoutNanos,
        LockspaceHosts.none(space),
        new BallotMemory(),
        clock,
        bound -> 0,
        Cancellation.NEVER,
        log);
  }

  /** What works on the internal lease of an index. */
  PaxosContext leaseContext(ResourceIndex index) {
    PaxosIdentity identity =
        new PaxosIdentity(space, IndexPlacement.LEASE_NAME, hostId, generation, times);
    Replica replica = new Replica(0, index.disk(), index.placement().internalLease());
    return new PaxosContext(
        identity,
        new LeaseReplicas(identity, List.of(replica), 1),
        lockspace,
        memory,
        clock,
        randomness,
        cancellation,
        log);
  }

  LeaseUse use() {
    return new LeaseUse(lockspace, space, times.ioTimeoutNanos());
  }
}
