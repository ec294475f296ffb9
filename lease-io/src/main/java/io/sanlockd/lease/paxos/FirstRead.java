package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;
import java.util.List;
import java.util.Optional;

/**
 * Step 1 of an acquire: the leader and the host blocks (paxos-lease.md 3). Reads the whole area, as
 * the reference does, or only leader and own block where that is enough (26, item 4).
 *
 * @param leader the leader record, its sizes checked and adopted
 * @param highestMbal the largest ballot number found, whatever version it was for
 * @param highestLver the largest version found that a host has run a ballot for
 * @param hiddenHost the largest host_id beyond num_hosts whose block counts all the same, 0 = none
 * @param divided whether the disks have different leaders, of which this is the newest
 */
record FirstRead(
    LeaderRecord leader, long highestMbal, long highestLver, long hiddenHost, boolean divided) {
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
      Optional<FirstRead> enough = withoutOthers(replicas, identity, memory, leader);
      if (enough.isPresent()) {
        return enough.get();
      }
      List<AreaImage> images = replicas.readArea(leader.maxHosts());
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
   * The own block alone, when leader and block are what our own last release left: nobody has owned
   * the lease since. Our numbers are then above all that others had used; what their blocks could
   * tell beyond that (a newer version, a newer number, damage) stops the ballot as well, whose two
   * reads are complete. Not enough when hosts beyond num_hosts must be looked for, or when several
   * disks must be compared.
   */
  private static Optional<FirstRead> withoutOthers(
      LeaseReplicas replicas, PaxosIdentity identity, BallotMemory memory, LeaderRecord leader)
      throws LeaseException {
    boolean freedByUs =
        leader.isFree()
            && leader.writeId() == identity.hostId()
            && leader.writeGeneration() == identity.generation();
    if (!freedByUs || leader.numHosts() != leader.maxHosts() || replicas.areSeveral()) {
      return Optional.empty();
    }
    Optional<Dblock> released =
        replicas
            .readOwnBlock()
            .filter(own -> !own.mode().isShared())
            .map(HostBlock::dblock)
            .filter(own -> own.released() && own.lver() == leader.lver());
    released.ifPresent(memory::note);
    return released.map(own -> new FirstRead(leader, own.mbal(), own.lver(), 0, false));
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
    long hiddenHost = 0;
    boolean blank = true;
    for (AreaImage image : images) {
      for (int hostId = 1; hostId <= leader.maxHosts(); hostId++) {
        boolean inUse = hostId <= leader.numHosts();
        if (!inUse && !isHidden(image, hostId, leader)) {
          continue;
        }
        if (!image.dblockValid(hostId)) {
          throw replicas.damagedBlock(hostId);
        }
        if (!inUse) {
          hiddenHost = Math.max(hiddenHost, hostId);
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
    return new FirstRead(leader, highestMbal, highestLver, hiddenHost, replicas.dividedIn(images));
  }

  /**
   * Whether a host beyond num_hosts takes part. A leader that was put back by a late write has the
   * num_hosts of then, and the owner of now may have come after it was raised. What num_hosts was
   * lowered over is no newer than the leader that did it, unless it is a shared flag. A damaged
   * block that looks newer is treated as damage of a block in use: it may hide the owner.
   */
  private static boolean isHidden(AreaImage image, int hostId, LeaderRecord leader) {
    HostBlock block = image.hostBlock(hostId);
    return block.mode().isShared() || block.dblock().lver() > leader.lver();
  }
}
