package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;

/**
 * Turns a decided ballot into the leader record that makes it known (paxos-lease.md 5).
 *
 * @param identity who writes it
 * @param request what the writer wants the lease for
 */
record Commit(PaxosIdentity identity, AcquireRequest request) {
  /**
   * The leader to write.
   *
   * @param accepted the leader the ballot started from
   * @param decided our block with the decided owner
   * @param now monotonic seconds
   */
  LeaderRecord leader(LeaderRecord accepted, Dblock decided, long now) {
    int flags = accepted.flags();
    if (decided.inp() == identity.hostId()) {
      flags = request.shared() ? flags | LeaderRecord.SHORT_HOLD : flags & ~LeaderRecord.SHORT_HOLD;
    }
    return accepted.committed(
        decided, numHosts(accepted), flags, identity.hostId(), identity.generation(), now);
  }

  /** Host blocks in use from now on: as wanted, but with room for us and not beyond the area. */
  private long numHosts(LeaderRecord accepted) {
    if (request.newNumHosts() == 0) {
      return accepted.numHosts();
    }
    long wanted = Integer.toUnsignedLong(request.newNumHosts());
    return Math.max(identity.hostId(), Math.min(wanted, accepted.maxHosts()));
  }
}
