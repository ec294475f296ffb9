package io.sanlockd.lease.format;

import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;

/**
 * Leader flags that came with the newer formats and change the rules (v5.md 2.2). A record may
 * carry them only if its version is new enough; one that does can be read and shown, but not used.
 */
public final class FormatFlags {
  /** Delta, from format 4: the lease does not end by time (v5.md 5). */
  public static final int NO_TIMEOUT = 0x2;

  /** Delta, from format 4: another host has declared the owner dead (v5.md 5). */
  public static final int DEAD_EXT = 0x4;

  /** Delta from format 5, paxos from format 7: COMPARE AND WRITE only (v5.md 13). */
  public static final int CAW = 0x8;

  private static final int FIRST_DELTA_WITH_TIMEOUT_FLAGS = 4;
  private static final int FIRST_DELTA_WITH_CAW = 5;
  private static final int FIRST_PAXOS_WITH_CAW = 7;

  private FormatFlags() {}

  /** Whether a delta leader carries a flag that its version can not have. */
  static boolean impossibleInDelta(LeaderRecord leader) {
    int major = FormatVersion.major(leader.version());
    int forbidden = major < FIRST_DELTA_WITH_TIMEOUT_FLAGS ? NO_TIMEOUT | DEAD_EXT : 0;
    forbidden |= major < FIRST_DELTA_WITH_CAW ? CAW : 0;
    return (leader.flags() & forbidden) != 0;
  }

  /** Whether a paxos leader carries a flag that its version can not have. */
  static boolean impossibleInPaxos(LeaderRecord leader) {
    return FormatVersion.major(leader.version()) < FIRST_PAXOS_WITH_CAW
        && (leader.flags() & CAW) != 0;
  }

  /** Whether we know all rules of a valid delta lease. */
  static LeaderCheck.Verdict deltaUse(LeaderRecord leader) {
    if ((leader.flags() & CAW) != 0) {
      return compareAndWrite();
    }
    if ((leader.flags() & NO_TIMEOUT) != 0) {
      return unsupported("lease without timeout (NO_TIMEOUT)", leader);
    }
    if ((leader.flags() & DEAD_EXT) != 0) {
      return unsupported("owner declared dead by another host (DEAD_EXT)", leader);
    }
    return unknownFlags(leader, !FormatVersion.sameMajor(leader.version(), FormatVersion.DELTA), 0);
  }

  /** Whether we know all rules of a valid paxos lease. */
  static LeaderCheck.Verdict paxosUse(LeaderRecord leader) {
    if ((leader.flags() & CAW) != 0) {
      return compareAndWrite();
    }
    return unknownFlags(
        leader,
        !FormatVersion.sameMajor(leader.version(), FormatVersion.PAXOS),
        LeaderRecord.SHORT_HOLD);
  }

  /** The formats of 3.8.5 never gave other bits a meaning and are not searched for them. */
  private static LeaderCheck.Verdict unknownFlags(LeaderRecord leader, boolean newer, int known) {
    return newer && (leader.flags() & ~(known | Geometry.ALIGN_FLAGS)) != 0
        ? unsupported("unknown flag", leader)
        : LeaderCheck.Verdict.VALID;
  }

  private static LeaderCheck.Verdict compareAndWrite() {
    return new LeaderCheck.Verdict(
        ResultCode.CAW_OPEN, "lease for COMPARE AND WRITE, which is not supported");
  }

  private static LeaderCheck.Verdict unsupported(String what, LeaderRecord leader) {
    return new LeaderCheck.Verdict(
        ResultCode.LEADER_VERSION,
        what
            + ", not supported, version "
            + Integer.toHexString(leader.version())
            + " flags "
            + Integer.toHexString(leader.flags()));
  }
}
