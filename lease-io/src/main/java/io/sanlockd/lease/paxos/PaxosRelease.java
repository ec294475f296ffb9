package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.IoTimeoutException;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;

/**
 * Gives a resource lease up: a held one, a shared one, or one that an abandoned acquire may still
 * become owner of (paxos-lease.md 6, 7, 9). The host block is never erased; it keeps what we last
 * wrote for the version and only gains RELEASED (I4, I9, H4). Used by one thread at a time.
 */
public final class PaxosRelease {
  private static final int READ_ATTEMPTS = 5;
  private static final String FOREIGN_IN_FLIGHT =
      "a write to the value block or the block of another host is in flight";

  private final PaxosIdentity identity;
  private final LeaseReplicas replicas;
  private final BallotMemory memory;
  private final Clock clock;
  private final LeaseLog log;

  /** A release of one lease; no other operation of this host runs on it meanwhile. */
  public PaxosRelease(
      PaxosIdentity identity,
      LeaseReplicas replicas,
      BallotMemory memory,
      Clock clock,
      LeaseLog log) {
    this.identity = identity;
    this.replicas = replicas;
    this.memory = memory;
    this.clock = clock;
    this.log = log;
  }

  /**
   * How a release ended.
   *
   * @param result 1, or the negative result number for the client
   * @param message what went wrong, empty otherwise
   * @param again whether a write of this release, or of the acquire before it, timed out: the
   *     release must be repeated once {@link LeaseReplicas#settled} says so, as that write may land
   *     after everything that was done here; or whether the lease must not be given up now
   * @param nothingGivenUp whether the repetition starts from the beginning, with the value block;
   *     otherwise it must not write that: the next owner may have left another value
   */
  public record Outcome(int result, String message, boolean again, boolean nothingGivenUp) {
    static final Outcome DONE = new Outcome(ResultCode.OK.number(), "", false);

    Outcome(int result, String message, boolean again) {
      this(result, message, again, false);
    }
  }

  /**
   * Gives an exclusive lease up, or withdraws an acquire: value block first, then RELEASED, then
   * the leader.
   */
  public Outcome exclusive(Holding holding, ReleaseOptions options) {
    boolean unsettled = !replicas.settled();
    if (!replicas.foreignSettled()) {
      options.value().ifPresent(ValueWrite::drop);
      return keep(FOREIGN_IN_FLIGHT);
    }
    if (options.value().isPresent()) {
      try {
        if (!leaveValue(options.value().get())) {
          return keep("value block not written, our host_id may be lost");
        }
      } catch (IoTimeoutException e) {
        return keep(e.getMessage());
      }
    }
    return giveUp(holding, ModeBlock.NONE, options.rename(), unsettled);
  }

  /**
   * Writes the value block. One that could land after another owner's must not be left behind; one
   * that is lost may.
   *
   * @return false when it must not be written now
   */
  boolean leaveValue(ValueWrite write) throws IoTimeoutException {
    try {
      boolean written = new ValueBlock(replicas).write(write);
      write.drop();
      return written;
    } catch (IoTimeoutException e) {
      throw e;
    } catch (LeaseException e) {
      write.drop();
      log.error("value block of " + replicas + " not written: " + e.getMessage());
      return true;
    }
  }

  /** Nothing is given up yet: what is in flight could undo what the next owner writes. */
  private static Outcome keep(String why) {
    return new Outcome(ResultCode.AIO_TIMEOUT.number(), why, true, true);
  }

  /** As {@link #exclusive} by a host that also is, and remains, a shared holder. */
  Outcome keepingShared(Holding holding) {
    if (!replicas.foreignSettled()) {
      return keep(FOREIGN_IN_FLIGHT);
    }
    return giveUp(
        holding,
        ModeBlock.shared(identity.generation()),
        Optional.empty(),
        !replicas.majoritySettled());
  }

  private Outcome giveUp(
      Holding holding, ModeBlock mode, Optional<LeaseName> rename, boolean unsettled) {
    boolean again = unsettled;
    try {
      writeReleased(holding.dblock(), mode);
    } catch (IoTimeoutException e) {
      again = true;
      log.error("release of " + replicas + ": " + e.getMessage());
    } catch (LeaseException e) {
      log.error("release of " + replicas + ": " + e.getMessage());
    }
    try {
      freeLeader(holding.leader(), rename);
    } catch (IoTimeoutException e) {
      return new Outcome(e.result(), e.getMessage(), true);
    } catch (LeaseException e) {
      return new Outcome(e.result(), e.getMessage(), again);
    }
    return again ? new Outcome(ResultCode.OK.number(), "", true) : Outcome.DONE;
  }

  /** Gives a shared lease up: our mode block goes, the leader is not touched. */
  public Outcome shared(Dblock dblock) {
    boolean again = !replicas.settled();
    try {
      writeReleased(dblock, ModeBlock.NONE);
      return again ? new Outcome(ResultCode.OK.number(), "", true) : Outcome.DONE;
    } catch (LeaseException e) {
      return new Outcome(e.result(), e.getMessage(), again || e instanceof IoTimeoutException);
    }
  }

  private void writeReleased(Dblock dblock, ModeBlock mode) throws LeaseException {
    Dblock released = dblock.withReleased();
    memory.note(released);
    replicas.writeHostBlock(identity.hostId(), new HostBlock(released, mode));
  }

  /**
   * Frees the leader if it is still the one we know.
   *
   * @param expected the leader as we know it; empty = whatever names us as owner and writer
   */
  void freeLeader(Optional<LeaderRecord> expected, Optional<LeaseName> rename)
      throws LeaseException {
    for (int attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
      long readIssued = clock.elapsedNanos();
      LeaderRecord found = replicas.readLeader();
      if (found.writeId() != identity.hostId()) {
        // Another host committed us, or has moved on; our RELEASED flag frees the lease.
        log.debug("release of " + replicas + " skips the leader written by " + found.writeId());
        if (rename.isPresent()) {
          log.error("rename of " + replicas + " to " + rename.get() + " is lost");
        }
        return;
      }
      if (expected.isPresent()) {
        compare(found, expected.get());
      } else if (found.isFree() || !found.ownedBy(identity.hostId(), identity.generation())) {
        return;
      }
      // H3: after a pause the leader may be another one; writing it then would put it back.
      if (clock.elapsedNanos() - readIssued <= identity.times().readToWriteLimitNanos()) {
        replicas.writeLeader(
            found.freed(
                rename.orElse(found.resourceName()),
                identity.hostId(),
                identity.generation(),
                clock.seconds()));
        return;
      }
      log.error("paused before the release of " + replicas + ", leader read again");
    }
    throw new LeaseException(ResultCode.LEADER_READ, "too slow to release " + replicas + " safely");
  }

  private void compare(LeaderRecord found, LeaderRecord expected) throws LeaseException {
    if (found.lver() != expected.lver()) {
      throw new LeaseException(
          ResultCode.RELEASE_LVER,
          "leader has version " + found.lver() + ", ours is " + expected.lver());
    }
    if (found.isFree() || !found.ownedBy(identity.hostId(), identity.generation())) {
      throw new LeaseException(
          ResultCode.RELEASE_OWNER,
          "leader has owner "
              + found.ownerId()
              + " generation "
              + found.ownerGeneration()
              + " timestamp "
              + found.timestamp());
    }
    if (!found.equals(expected)) {
      throw new LeaseException(ResultCode.RELEASE_OWNER, "leader differs from what we wrote");
    }
  }
}
