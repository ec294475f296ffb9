package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * One attempt to decide one version of a lease (paxos-lease.md 4, with H1, H6 and H7). Reads and
 * writes the disks; decides nothing but this one ballot.
 */
final class Ballot {
  /** Result of a ballot that ran to some end; disk errors are exceptions. */
  sealed interface Result {
    /**
     * The version is decided and may be committed at once.
     *
     * @param decided our block with the decided owner
     * @param readIssuedNanos when the last read that proves it was issued (H3)
     */
    record Decided(Dblock decided, long readIssuedNanos) implements Result {}

    /**
     * Somebody interfered; try again with a higher number.
     *
     * @param code -212 or -213
     * @param highestMbal the largest number seen
     */
    record Lost(ResultCode code, long highestMbal) implements Result {}

    /** The leader changed or became invalid: look at it again (H1). */
    record LeaderChanged() implements Result {}

    /** The owner whose RELEASED flag we rely on has cleared it: start over (H7). */
    record OwnerReclaims() implements Result {}
  }

  private final PaxosIdentity identity;
  private final LeaseReplicas replicas;
  private final BallotMemory memory;
  private final Clock clock;

  private final BallotPlan plan;
  private final DecisionTrace trace;
  private final BitSet sharers;
  private Optional<Dblock> lastWritten = Optional.empty();
  private boolean proposed;

  /**
   * A ballot not yet begun.
   *
   * @param sharers collects the hosts whose SHARED flag was seen
   */
  Ballot(PaxosContext context, BallotPlan plan, BitSet sharers) {
    this.identity = context.identity();
    this.replicas = context.replicas();
    this.memory = context.memory();
    this.clock = context.clock();
    this.trace = new DecisionTrace(context.log());
    this.plan = plan;
    this.sharers = sharers;
  }

  /** The last block whose write was submitted. */
  Optional<Dblock> lastWritten() {
    return lastWritten;
  }

  /** Whether the write of phase 2 was submitted: from then on others may commit our value. */
  boolean proposed() {
    return proposed;
  }

  /**
   * Runs both phases.
   *
   * @throws LeaseException -210, -211 or -214
   */
  Result run() throws LeaseException {
    // H6: a version we gave up stays given up, so its blocks carry RELEASED from the first write.
    int flags = memory.isReleased(plan.version()) ? Dblock.RELEASED : 0;
    List<HostBlock> phase1 = new ArrayList<>();
    trace.announces(plan);
    Optional<Result> interfered = readPhase(1, writeBlock(announcement(flags)), phase1);
    if (interfered.isPresent()) {
      return interfered.get();
    }
    Dblock chosen = choose(phase1, flags);
    proposed = true;
    trace.proposes(plan, chosen);
    List<Replica> written = writeBlock(chosen);
    long readIssued = clock.elapsedNanos();
    interfered = readPhase(2, written, new ArrayList<>());
    if (interfered.isPresent()) {
      return interfered.get();
    }
    // H1: the area read is no snapshot; only a leader read issued after it sees the leader write
    // that preceded any block erased during it.
    if (!leaderUnchanged()) {
      return new Result.LeaderChanged();
    }
    return new Result.Decided(chosen, readIssued);
  }

  /**
   * Our block of phase 1. It keeps what we proposed before for the version: that may have been
   * decided, and a leader that was put back by a late write makes the version open once more.
   */
  private Dblock announcement(int flags) {
    return memory
        .proposal(plan.version())
        .map(
            p ->
                Dblock.of(plan.mbal(), p.bal(), p.inp(), p.inp2(), p.inp3(), plan.version(), flags))
        .orElseGet(() -> Dblock.of(plan.mbal(), 0, 0, 0, 0, plan.version(), flags));
  }

  private List<Replica> writeBlock(Dblock block) throws LeaseException {
    memory.note(block);
    lastWritten = Optional.of(block);
    try {
      return replicas.writeHostBlock(identity.hostId(), new HostBlock(block, plan.mode()));
    } catch (LeaseException e) {
      throw new LeaseException(ResultCode.DBLOCK_WRITE, e.getMessage());
    }
  }

  private boolean leaderUnchanged() throws LeaseException {
    try {
      return replicas.readLeader().equals(plan.accepted());
    } catch (LeaseException e) {
      if (isVerification(e)) {
        return false;
      }
      throw new LeaseException(ResultCode.DBLOCK_READ, e.getMessage());
    }
  }

  /** Whether the leader was read but is not valid, or not the same on a majority of disks. */
  private static boolean isVerification(LeaseException e) {
    return e.is(ResultCode.CAW_OPEN)
        || (e.result() <= ResultCode.LEADER_DIFF.number()
            && e.result() >= ResultCode.LEADER_CHECKSUM.number());
  }

  /**
   * Reads the area and compares; present when the ballot can not go on.
   *
   * @param phase 1 or 2
   * @param written the replicas that hold our block. Only they may be asked: two hosts meet where
   *     each has written before it reads, and that must be on a majority.
   */
  private Optional<Result> readPhase(int phase, List<Replica> written, List<HostBlock> blocks)
      throws LeaseException {
    List<AreaImage> images;
    try {
      images = replicas.readArea(plan.hosts(), written);
    } catch (LeaseException e) {
      throw new LeaseException(ResultCode.DBLOCK_READ, e.getMessage());
    }
    try {
      collect(images, blocks);
      trace.read(plan, phase, images);
      if (!leaderIn(images).filter(plan.accepted()::equals).isPresent()) {
        return Optional.of(new Result.LeaderChanged());
      }
      if (!ownerStillReleased(images)) {
        return Optional.of(new Result.OwnerReclaims());
      }
    } finally {
      images.forEach(AreaImage::close);
    }
    return compare(blocks);
  }

  private Optional<LeaderRecord> leaderIn(List<AreaImage> images) {
    try {
      return Optional.of(replicas.leaderOf(images));
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  /**
   * Takes all host blocks that say something; SHARED flags of all hosts are seen before anything is
   * judged.
   */
  private void collect(List<AreaImage> images, List<HostBlock> blocks) throws LeaseException {
    for (AreaImage image : images) {
      for (int hostId = 1; hostId <= plan.hosts(); hostId++) {
        if (!image.dblockValid(hostId)) {
          // It may hide a decided value or a SHARED flag, so it must not be skipped.
          throw replicas.damagedBlock(hostId);
        }
        HostBlock block = image.hostBlock(hostId);
        if (block.mode().isShared() && hostId != identity.hostId()) {
          sharers.set(hostId);
        }
        if (!block.equals(HostBlock.CLEARED)) {
          blocks.add(block);
        }
      }
    }
  }

  private boolean ownerStillReleased(List<AreaImage> images) {
    if (plan.releasedOwner() < 1 || plan.releasedOwner() > plan.hosts()) {
      return true;
    }
    return Dblock.newestReleased(
        images.stream().map(i -> i.hostBlock(plan.releasedOwner()).dblock()).toList());
  }

  private Optional<Result> compare(List<HostBlock> blocks) {
    long highest = 0;
    boolean newerVersion = false;
    for (HostBlock block : blocks) {
      highest = Math.max(highest, block.dblock().mbal());
      newerVersion |= block.dblock().lver() > plan.version();
    }
    if (newerVersion) {
      return Optional.of(new Result.Lost(ResultCode.DBLOCK_LVER, highest));
    }
    for (HostBlock block : blocks) {
      if (block.dblock().lver() == plan.version() && block.dblock().mbal() > plan.mbal()) {
        return Optional.of(new Result.Lost(ResultCode.DBLOCK_MBAL, highest));
      }
    }
    return Optional.empty();
  }

  /** The owner that may already have been decided, else ourselves. */
  private Dblock choose(List<HostBlock> blocks, int flags) {
    Dblock candidate = null;
    for (HostBlock block : blocks) {
      Dblock other = block.dblock();
      boolean proposes = other.lver() == plan.version() && other.inp() != 0 && other.bal() != 0;
      if (proposes && (candidate == null || other.bal() > candidate.bal())) {
        candidate = other;
      }
    }
    if (candidate == null) {
      return Dblock.of(
          plan.mbal(),
          plan.mbal(),
          identity.hostId(),
          identity.generation(),
          Math.max(1, clock.seconds()),
          plan.version(),
          flags);
    }
    return Dblock.of(
        plan.mbal(),
        plan.mbal(),
        candidate.inp(),
        candidate.inp2(),
        candidate.inp3(),
        plan.version(),
        flags);
  }
}
