package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.List;

/** Debug lines about every step of a decision, where they are wanted ({@link LogDetail#PAXOS}). */
final class DecisionTrace {
  private final LeaseLog log;
  private final boolean wanted;

  DecisionTrace(LeaseLog log) {
    this.log = log;
    this.wanted = log.wants(LogDetail.PAXOS);
  }

  /** An acquire has read the lease. */
  void begun(LeaderRecord leader, long highestMbal, LeaseReplicas replicas) {
    if (wanted) {
      log.debug("paxos_acquire " + text(leader) + " max mbal " + highestMbal + " " + replicas);
    }
  }

  /** Phase 1 of a ballot is about to be written. */
  void announces(BallotPlan plan) {
    if (wanted) {
      log.debug(ballot(plan.version()) + " phase1 write mbal " + plan.mbal());
    }
  }

  /** Phase 2 of a ballot is about to be written. */
  void proposes(BallotPlan plan, Dblock block) {
    if (wanted) {
      log.debug(
          ballot(plan.version())
              + " phase2 write bal "
              + block.bal()
              + " inp "
              + block.inp()
              + " "
              + block.inp2()
              + " "
              + block.inp3());
    }
  }

  /** What a phase, 1 or 2, has found. */
  void read(BallotPlan plan, int phase, List<AreaImage> images) {
    if (wanted) {
      log.debug(ballot(plan.version()) + " phase" + phase + " read " + inUse(plan, images));
    }
  }

  /** The leader is about to be written. */
  void commits(long version, boolean ourselves, LeaderRecord leader) {
    if (wanted) {
      log.debug(ballot(version) + " commit " + (ourselves ? "self" : "other") + " " + text(leader));
    }
  }

  private static String ballot(long version) {
    return "ballot " + version;
  }

  private static String text(LeaderRecord leader) {
    return "leader "
        + leader.lver()
        + " owner "
        + leader.ownerId()
        + " "
        + leader.ownerGeneration()
        + " "
        + leader.timestamp();
  }

  /** The blocks that say something, each as {@code index:mbal:bal:inp:inp2:inp3:lver:flags,}. */
  private static String inUse(BallotPlan plan, List<AreaImage> images) {
    StringBuilder text = new StringBuilder();
    for (AreaImage image : images) {
      for (int hostId = 1; hostId <= plan.hosts(); hostId++) {
        Dblock block = image.hostBlock(hostId).dblock();
        if (!block.equals(HostBlock.CLEARED.dblock())) {
          text.append(hostId - 1)
              .append(':')
              .append(block.mbal())
              .append(':')
              .append(block.bal())
              .append(':')
              .append(block.inp())
              .append(':')
              .append(block.inp2())
              .append(':')
              .append(block.inp3())
              .append(':')
              .append(block.lver())
              .append(':')
              .append(Integer.toHexString(block.flags()))
              .append(',');
        }
      }
    }
    return text.toString();
  }
}
