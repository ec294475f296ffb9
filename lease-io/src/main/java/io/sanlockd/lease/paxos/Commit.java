package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.BitSet;

/**
 * Turns a decided ballot into the leader record that makes it known (paxos-lease.md 5).
 *
 * @param identity who writes it
 * @param request what the writer wants the lease for
 * @param sharers other hosts that hold the lease shared
 * @param hiddenHost host beyond num_hosts that takes part all the same, 0 = none
 */
record Commit(PaxosIdentity identity, AcquireRequest request, BitSet sharers, long hiddenHost) {
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
        decided,
        numHosts(accepted, decided.inp()),
        flags,
        identity.hostId(),
        identity.generation(),
        now);
  }

  /**
   * Host blocks in use from now on: as wanted, but not beyond the area and with room for us, the
   * owner and every sharer. The owner could not use its lease from outside, and a shared flag there
   * would not be seen by who takes the lease exclusively.
   */
  private long numHosts(LeaderRecord accepted, long owner) {
    long wanted =
        request.newNumHosts() == 0
            ? accepted.numHosts()
            : Integer.toUnsignedLong(request.newNumHosts());
    long needed = Math.max(identity.hostId(), Math.max(hiddenHost, sharers.length() - 1));
    return Math.min(Math.max(wanted, Math.max(needed, owner)), accepted.maxHosts());
  }
}
