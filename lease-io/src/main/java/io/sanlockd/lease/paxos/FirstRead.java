package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;
import java.util.List;

/**
 * Step 1 of an acquire: the leader and all host blocks (paxos-lease.md 3).
 *
 * @param leader the leader record, its sizes checked and adopted
 * @param highestMbal the largest ballot number on disk, whatever version it was for
 * @param highestLver the largest version that any host has run a ballot for
 * @param divided whether the disks have different leaders, of which this is the newest
 */
record FirstRead(LeaderRecord leader, long highestMbal, long highestLver, boolean divided) {
  private static final int ATTEMPTS = 5;

  /**
   * Reads the lease. What is found in our own block goes to {@code memory}.
   *
   * @throws LeaseException a verification code, -214 for a damaged host block, or an I/O error
   */
  static FirstRead of(LeaseReplicas replicas, PaxosIdentity identity, BallotMemory memory)
      throws LeaseException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      LeaderRecord leader = replicas.probe();
      List<AreaImage> images = replicas.readArea(leader.numHosts());
      try {
        LeaderRecord again = replicas.leaderOf(images);
        // Only then was the area read with the sizes it has.
        if (again.sameSizes(leader)) {
          return noteBlocks(replicas, identity, memory, images, again);
        }
      } finally {
        images.forEach(AreaImage::close);
      }
    }
    throw new LeaseException(
        ResultCode.LEADER_DIFF, "the sizes of " + replicas + " are being changed");
  }

  /**
   * Whether the leader does not say who owns the lease. A ballot for a version begins only when the
   * one before it was decided and given up, so a block for a version beyond the next one proves
   * that the leader was put back by a write that landed late.
   */
  boolean leaderIsStale() {
    return divided || highestLver > leader.lver() + 1;
  }

  /** The version to decide: the next one, or the newest once more when the leader is stale. */
  long nextVersion() {
    return leaderIsStale() ? Math.max(highestLver, leader.lver()) : leader.lver() + 1;
  }

  private static FirstRead noteBlocks(
      LeaseReplicas replicas,
      PaxosIdentity identity,
      BallotMemory memory,
      List<AreaImage> images,
      LeaderRecord leader)
      throws LeaseException {
    long highestMbal = 0;
    long highestLver = 0;
    boolean blank = true;
    for (AreaImage image : images) {
      for (int hostId = 1; hostId <= leader.numHosts(); hostId++) {
        if (!image.dblockValid(hostId)) {
          throw replicas.damagedBlock(hostId);
        }
        HostBlock block = image.hostBlock(hostId);
        highestMbal = Math.max(highestMbal, block.dblock().mbal());
        highestLver = Math.max(highestLver, block.dblock().lver());
        if (hostId == identity.hostId()) {
          blank &= block.equals(HostBlock.CLEARED);
          memory.note(block.dblock());
        }
      }
    }
    if (blank) {
      memory.noteBlank(leader.lver());
    }
    return new FirstRead(leader, highestMbal, highestLver, replicas.dividedIn(images));
  }
}
