package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.Randomness;

/**
 * What an operation on one lease works with.
 *
 * @param identity which resource, and who we are
 * @param replicas its open copies
 * @param lockspace knowledge of the other hosts
 * @param memory what this host remembers of its ballots for the resource
 * @param clock our time
 * @param randomness source of backoff delays
 * @param cancellation when to give up
 * @param log where to report
 */
public record PaxosContext(
    PaxosIdentity identity,
    LeaseReplicas replicas,
    LockspaceHosts lockspace,
    BallotMemory memory,
    Clock clock,
    Randomness randomness,
    Cancellation cancellation,
    LeaseLog log) {

  /** A release of the lease. */
  public PaxosRelease release() {
    return new PaxosRelease(identity, replicas, memory, clock, log);
  }
}
