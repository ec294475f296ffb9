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
 */
record FirstRead(LeaderRecord leader, long highestMbal) {
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
          return new FirstRead(again, noteBlocks(replicas, identity, memory, images, again));
        }
      } finally {
        images.forEach(AreaImage::close);
      }
    }
    throw new LeaseException(
        ResultCode.LEADER_DIFF, "the sizes of " + replicas + " are being changed");
  }

  private static long noteBlocks(
      LeaseReplicas replicas,
      PaxosIdentity identity,
      BallotMemory memory,
      List<AreaImage> images,
      LeaderRecord leader)
      throws LeaseException {
    long highest = 0;
    boolean blank = true;
    for (AreaImage image : images) {
      for (int hostId = 1; hostId <= leader.numHosts(); hostId++) {
        if (!image.dblockValid(hostId)) {
          throw replicas.damagedBlock(hostId);
        }
        HostBlock block = image.hostBlock(hostId);
        highest = Math.max(highest, block.dblock().mbal());
        if (hostId == identity.hostId()) {
          blank &= block.equals(HostBlock.CLEARED);
          memory.note(block.dblock());
        }
      }
    }
    if (blank) {
      memory.noteBlank(leader.lver());
    }
    return highest;
  }
}
