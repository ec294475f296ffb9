package io.sanlockd.lease.delta;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.Pause;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.HostBitmap;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Arrays;
import java.util.function.Predicate;

/** Takes a host_id (delta-lease.md 5, 12.2 to 12.5). Used once, by the lockspace's thread. */
final class DeltaJoin {
  private static final long READ_TO_WRITE_LIMIT_NANOS = Clock.SECOND_NANOS;
  private static final int READ_ATTEMPTS = 5;

  /** A host name on disk always ends with a zero byte. */
  private static final int WRITTEN_NAME_LENGTH = LeaseName.FIELD_LENGTH - 1;

  private final LockspaceIdentity identity;
  private final OwnSector own;
  private final Clock clock;
  private final Pause pause;
  private final LeaseLog log;

  DeltaJoin(LockspaceIdentity identity, OwnSector own, Clock clock, Pause pause, LeaseLog log) {
    this.identity = identity;
    this.own = own;
    this.clock = clock;
    this.pause = pause;
    this.log = log;
  }

  /** The record that makes the host_id ours. */
  LeaderRecord run(Predicate<LeaderRecord> mayRejoin, Cancellation cancellation)
      throws LeaseException {
    log.debug("delta_acquire begin " + identity.space() + ":" + identity.hostId());
    if (!own.settled()) {
      // It could land on top of whatever is written now, ours or another host's.
      throw new LeaseException(
          ResultCode.AIO_TIMEOUT, "delta_acquire a write of an earlier attempt is still in flight");
    }
    OwnSector.Read first = own.read("delta_acquire_begin");
    LeaseTimes other = otherTimes(first.leader());
    checkRules();
    OwnSector.Read basis = first;
    if (!first.leader().isFree()) {
      if (first.leader().resourceName().equals(identity.hostName())
          && mayRejoin.test(first.leader())) {
        log.debug("delta_acquire fast reacquire");
      } else {
        basis = waitForDeath(first.leader(), other, cancellation);
      }
    }
    LeaderRecord ours = writeOwnership(basis, other);
    int delay = Math.max(other.shortDelaySeconds(), identity.times().shortDelaySeconds());
    log.debug("delta_acquire delta_short_delay " + delay);
    if (!sleepSeconds(delay, cancellation)) {
      undo(ours);
      throw new LeaseException(ResultCode.ERROR, "delta_acquire aborted after the write");
    }
    LeaderRecord check = own.read("delta_acquire_check").leader();
    if (!check.equals(ours)) {
      throw busy("busy2", check);
    }
    log.debug("delta_acquire done " + describe(ours));
    return ours;
  }

  /**
   * Refuses a lockspace in which any lease follows rules of newer formats that we do not implement
   * (v5.md 2.4): we would judge its owner wrongly. Damaged leases are not our business here.
   */
  private void checkRules() throws LeaseException {
    AreaLayout layout = new AreaLayout(identity.geometry());
    try (LeaseBuffer area = own.readArea()) {
      for (int hostId = 1; hostId <= identity.geometry().maxHosts(); hostId++) {
        long offset = layout.deltaLease(hostId);
        LeaderCheck.Verdict verdict =
            LeaderCheck.deltaForUse(area.store(), offset, identity.space());
        boolean foreign =
            verdict.code() == ResultCode.CAW_OPEN || verdict.code() == ResultCode.LEADER_VERSION;
        if (foreign && LeaderRecord.checksumValid(area.store(), offset)) {
          throw new LeaseException(
              verdict.code(),
              "delta_acquire lockspace "
                  + identity.space()
                  + " can not be joined because of host_id "
                  + hostId
                  + ": "
                  + verdict.detail());
        }
      }
    }
  }

  private LeaseTimes otherTimes(LeaderRecord found) {
    int ours = identity.times().ioTimeout();
    if (found.ioTimeout() == 0) {
      log.error("delta_acquire use own io_timeout " + ours);
    } else if (found.ioTimeout() != ours) {
      log.error("delta_acquire other_io_timeout " + found.ioTimeout() + " our " + ours);
    }
    return identity.times().ofOther(found.ioTimeout());
  }

  private OwnSector.Read waitForDeath(
      LeaderRecord held, LeaseTimes other, Cancellation cancellation) throws LeaseException {
    int delay = other.deadSeconds();
    log.debug("delta_acquire delta_large_delay " + other.failSeconds() + " delay " + delay);
    long deadline = clock.nanos() + delay * Clock.SECOND_NANOS;
    while (true) {
      long remainingNanos = deadline - clock.nanos();
      long stepSeconds =
          Math.min(other.ioTimeout(), Math.max(1, remainingNanos / Clock.SECOND_NANOS));
      if (!sleepSeconds(stepSeconds, cancellation)) {
        throw new LeaseException(ResultCode.ERROR, "delta_acquire aborted while waiting");
      }
      boolean last = clock.nanos() - deadline >= 0;
      OwnSector.Read again;
      try {
        again = own.read("delta_acquire_wait");
      } catch (LeaseException e) {
        // The looks on the way only shorten the wait; one that fails must not end it.
        if (last) {
          throw e;
        }
        log.error(e.getMessage());
        continue;
      }
      if (again.leader().isFree()) {
        return again;
      }
      // Any sign of life ends the wait early; only its full length proves death.
      if (!again.leader().equals(held)) {
        throw busy("busy1", again.leader());
      }
      if (last) {
        return again;
      }
    }
  }

  private LeaderRecord writeOwnership(OwnSector.Read basis, LeaseTimes other)
      throws LeaseException {
    OwnSector.Read fresh = basis;
    // The short wait of a competitor only covers a write that follows its read closely.
    for (int attempt = 1; isOld(fresh); attempt++) {
      if (attempt > READ_ATTEMPTS) {
        throw new LeaseException(ResultCode.AIO_TIMEOUT, "delta_acquire storage too slow to write");
      }
      fresh = own.read("delta_acquire_reread");
      if (!fresh.leader().equals(basis.leader())) {
        throw busy("busy1", fresh.leader());
      }
    }
    LeaderRecord ours =
        fresh
            .leader()
            .deltaAcquired(
                identity.hostId(),
                writtenName(),
                identity.times().ioTimeout(),
                Math.max(1, clock.seconds()));
    log.debug("delta_acquire write " + describe(ours));
    int limitSeconds = Math.min(other.ioTimeout(), identity.times().ioTimeout());
    own.write(ours, HostBitmap.NONE, limitSeconds * Clock.SECOND_NANOS);
    return ours;
  }

  private boolean isOld(OwnSector.Read read) {
    return clock.elapsedNanos() - read.issuedNanos() > READ_TO_WRITE_LIMIT_NANOS;
  }

  private LeaseName writtenName() {
    return LeaseName.ofField(Arrays.copyOf(identity.hostName().toField(), WRITTEN_NAME_LENGTH));
  }

  /** Frees the host_id again after a join was called off, if it is certainly still ours. */
  private void undo(LeaderRecord ours) {
    try {
      OwnSector.Read found = own.read("delta_acquire_undo");
      if (found.leader().equals(ours) && !isOld(found)) {
        own.write(ours.deltaReleased(), HostBitmap.NONE, identity.times().ioTimeoutNanos());
      }
    } catch (LeaseException e) {
      log.error("delta_acquire undo: " + e.getMessage());
    }
  }

  /** Sleeps in steps of at most a second; false when cancelled. */
  private boolean sleepSeconds(long seconds, Cancellation cancellation) {
    long deadline = clock.nanos() + seconds * Clock.SECOND_NANOS;
    long remaining = deadline - clock.nanos();
    while (remaining > 0) {
      if (cancellation.cancelled()) {
        return false;
      }
      pause.sleep(Math.min(remaining, Clock.SECOND_NANOS));
      remaining = deadline - clock.nanos();
    }
    return !cancellation.cancelled();
  }

  private LeaseException busy(String which, LeaderRecord found) {
    String text =
        "delta_acquire host_id " + identity.hostId() + " " + which + " " + describe(found);
    log.error(text);
    return new LeaseException(ResultCode.HOSTID_BUSY, text);
  }

  private static String describe(LeaderRecord leader) {
    return leader.ownerId()
        + " "
        + leader.ownerGeneration()
        + " "
        + leader.timestamp()
        + " "
        + leader.resourceName();
  }
}
