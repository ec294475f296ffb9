package io.sanlockd.lease.format;

import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Tells a valid leader record from anything else. The first failing test decides (disk-format.md
 * 13). A record that fails any test is never rewritten. A valid record of a newer format may still
 * follow rules we do not implement: then it fails the test for use alone (v5.md 2.4).
 */
public final class LeaderCheck {
  private LeaderCheck() {}

  /**
   * Result of a check.
   *
   * @param code {@link ResultCode#OK} or the first failure
   * @param detail what was found and what was expected, for the log; empty when OK or when the
   *     failure is silent (a cleared lease)
   */
  public record Verdict(ResultCode code, String detail) {
    static final Verdict VALID = new Verdict(ResultCode.OK, "");

    /** Whether the record passed all tests. */
    public boolean valid() {
      return code == ResultCode.OK;
    }
  }

  /**
   * As {@link #delta}, and whether the lease may be written or judged by the rules we know.
   *
   * @return also -283 for a lease that only COMPARE AND WRITE may change, -224 for a flag of newer
   *     formats whose rules we do not implement
   */
  public static Verdict deltaForUse(BytesStore<?, ?> store, long offset, LeaseName space) {
    Verdict verdict = delta(store, offset, space);
    return verdict.valid() ? FormatFlags.deltaUse(LeaderRecord.decode(store, offset)) : verdict;
  }

  /**
   * As {@link #paxos}, and whether the lease may be written by the rules we know. Both names must
   * be those of the record, an empty one, too: whoever accepts any would take the same lease twice.
   */
  public static Verdict paxosForUse(
      BytesStore<?, ?> store, long offset, LeaseName space, LeaseName resource, long hostId) {
    Verdict verdict = paxos(store, offset, space, resource, hostId, false);
    return verdict.valid() ? paxosUse(LeaderRecord.decode(store, offset)) : verdict;
  }

  /** Whether the lease of a valid leader may be written by the rules we know: -283 or -224. */
  public static Verdict paxosUse(LeaderRecord leader) {
    return FormatFlags.paxosUse(leader);
  }

  /** Whether a valid delta lease may be written by the rules we know: -283 or -224. */
  public static Verdict deltaUse(LeaderRecord leader) {
    return FormatFlags.deltaUse(leader);
  }

  /** Checks the delta lease at {@code offset} of lockspace {@code space}. */
  public static Verdict delta(BytesStore<?, ?> store, long offset, LeaseName space) {
    LeaderRecord leader = LeaderRecord.decode(store, offset);
    if (leader.magic() != Magic.DELTA) {
      return wrongMagic(leader);
    }
    if (!FormatVersion.readableDelta(leader.version())) {
      return wrongVersion(leader);
    }
    if (!leader.spaceName().equals(space)) {
      return wrongSpace(leader, space);
    }
    return checksumAndFlags(store, offset, leader, FormatFlags.impossibleInDelta(leader));
  }

  /**
   * Checks the paxos leader at {@code offset}.
   *
   * @param space expected lockspace, empty = accept any
   * @param resource expected resource, empty = accept any
   * @param hostId own host_id, for which there must be room; 0 = none
   */
  public static Verdict paxos(
      BytesStore<?, ?> store, long offset, LeaseName space, LeaseName resource, long hostId) {
    return paxos(store, offset, space, resource, hostId, true);
  }

  private static Verdict paxos(
      BytesStore<?, ?> store,
      long offset,
      LeaseName space,
      LeaseName resource,
      long hostId,
      boolean emptyIsAny) {
    LeaderRecord leader = LeaderRecord.decode(store, offset);
    if (leader.magic() == Magic.PAXOS_CLEARED) {
      return new Verdict(ResultCode.LEADER_MAGIC, "");
    }
    if (leader.magic() != Magic.PAXOS) {
      return wrongMagic(leader);
    }
    if (!FormatVersion.readablePaxos(leader.version())) {
      return wrongVersion(leader);
    }
    if (!(emptyIsAny && space.isEmpty()) && !leader.spaceName().equals(space)) {
      return wrongSpace(leader, space);
    }
    if (!(emptyIsAny && resource.isEmpty()) && !leader.resourceName().equals(resource)) {
      return new Verdict(
          ResultCode.LEADER_RESOURCE,
          "wrong resource name " + leader.resourceName() + " " + resource);
    }
    if (Long.compareUnsigned(leader.numHosts(), hostId) < 0) {
      return new Verdict(
          ResultCode.LEADER_NUMHOSTS,
          "wrong num_hosts " + leader.numHosts() + " for host_id " + hostId);
    }
    return checksumAndFlags(store, offset, leader, FormatFlags.impossibleInPaxos(leader));
  }

  /**
   * The sizes of a valid paxos leader, checked before any other sector is interpreted
   * (disk-format.md 12, mixed sizes).
   *
   * @return OK when sector size, align size and num_hosts fit together
   */
  public static Verdict paxosSizes(LeaderRecord leader) {
    Geometry geometry = leader.geometry().orElse(null);
    if (geometry == null) {
      return new Verdict(
          ResultCode.LEADER_SECTORSIZE,
          "invalid sector_size " + leader.sectorSize() + " flags " + leader.flags());
    }
    if (leader.numHosts() < 1 || leader.numHosts() > geometry.maxHosts()) {
      return new Verdict(
          ResultCode.LEADER_NUMHOSTS,
          "num_hosts " + leader.numHosts() + " is not in 1.." + geometry.maxHosts());
    }
    if (leader.maxHosts() < leader.numHosts() || leader.maxHosts() > geometry.maxHosts()) {
      return new Verdict(
          ResultCode.LEADER_NUMHOSTS,
          "max_hosts "
              + leader.maxHosts()
              + " is not in "
              + leader.numHosts()
              + ".."
              + geometry.maxHosts());
    }
    return Verdict.VALID;
  }

  private static Verdict wrongMagic(LeaderRecord leader) {
    return new Verdict(
        ResultCode.LEADER_MAGIC, "wrong magic " + Integer.toHexString(leader.magic()));
  }

  private static Verdict wrongVersion(LeaderRecord leader) {
    return new Verdict(
        ResultCode.LEADER_VERSION,
        "wrong version "
            + Integer.toHexString(leader.version())
            + ", "
            + FormatVersion.describeForeign(leader.version()));
  }

  private static Verdict wrongSpace(LeaderRecord leader, LeaseName expected) {
    return new Verdict(
        ResultCode.LEADER_LOCKSPACE, "wrong space name " + leader.spaceName() + " " + expected);
  }

  private static Verdict checksumAndFlags(
      BytesStore<?, ?> store, long offset, LeaderRecord leader, boolean impossibleFlags) {
    int computed = LeaderRecord.computeChecksum(store, offset);
    if (computed != leader.checksum()) {
      return new Verdict(
          ResultCode.LEADER_CHECKSUM,
          "wrong checksum "
              + Integer.toHexString(leader.checksum())
              + " "
              + Integer.toHexString(computed));
    }
    if (impossibleFlags) {
      return new Verdict(
          ResultCode.LEADER_VERSION,
          "version "
              + Integer.toHexString(leader.version())
              + " should not have flags "
              + Integer.toHexString(leader.flags()));
    }
    return Verdict.VALID;
  }
}
