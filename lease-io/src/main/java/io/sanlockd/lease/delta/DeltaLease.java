package io.sanlockd.lease.delta;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.lease.Pause;
import io.sanlockd.lease.disk.IoTimeoutException;
import io.sanlockd.lease.disk.LateIo;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.FormatFlags;
import io.sanlockd.lease.format.HostBitmap;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Check;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Our lease on a host_id: taken once, renewed until it is returned (delta-lease.md 5 to 7). Used by
 * one thread, the lockspace's.
 *
 * <p>Whatever time is taken for "last success" is the time <em>before</em> the write was submitted:
 * other hosts can see the new timestamp only later, so our idea of our own expiry never lies behind
 * theirs.
 */
public final class DeltaLease {
  private static final long READ_TO_WRITE_LIMIT_NANOS = Clock.SECOND_NANOS;

  private final LockspaceIdentity identity;
  private final LeaseDisk disk;
  private final Clock clock;
  private final Pause pause;
  private final LeaseLog log;
  private final OwnSector own;
  private final long readExtendNanos;

  private LeaderRecord current;
  private boolean previousSucceeded;
  private int corruptResult;
  private long lastSuccessSeconds;
  private long suspendedNanosBefore;
  private LateIo lateRead;
  private long lateReadIssuedNanos;

  /**
   * A lease not yet taken.
   *
   * @param disk stays open as long as the lease is used; the caller closes it
   * @param readExtendNanos how long a renewal waits once more for a read that timed out
   */
  public DeltaLease(
      LockspaceIdentity identity,
      LeaseDisk disk,
      long readExtendNanos,
      Clock clock,
      Pause pause,
      LeaseLog log) {
    this.identity = identity;
    this.disk = disk;
    this.clock = clock;
    this.pause = pause;
    this.log = log;
    this.readExtendNanos = readExtendNanos;
    this.own = new OwnSector(identity, disk, clock);
  }

  /** The record as last written by us. */
  public LeaderRecord current() {
    Check.state(current != null, "delta lease was not acquired");
    return current;
  }

  /** Monotonic seconds before the last write that is known to have reached the disk. */
  public long lastSuccessSeconds() {
    return lastSuccessSeconds;
  }

  /** How long the host had been suspended before {@link #lastSuccessSeconds}, in nanoseconds. */
  public long suspendedNanosBefore() {
    return suspendedNanosBefore;
  }

  /** Time since then, the time spent suspended included: other hosts count that, too. */
  private long ageSeconds() {
    return clock.seconds()
        - lastSuccessSeconds
        + (clock.suspendedNanos() - suspendedNanosBefore) / Clock.SECOND_NANOS;
  }

  /**
   * Takes the host_id. Waits until a former owner is certainly reset when the lease is not free,
   * and always long enough to see a competitor.
   *
   * @param mayRejoin asked about the record of a lease held under our own host name: whether it may
   *     be taken at once because no process of that incarnation can still run
   * @throws LeaseException -262 when another host has or takes the host_id, -201 when cancelled, a
   *     verification code or an I/O error
   */
  public void acquire(Predicate<LeaderRecord> mayRejoin, Cancellation cancellation)
      throws LeaseException {
    long suspended = clock.suspendedNanos();
    LeaderRecord ours =
        new DeltaJoin(identity, own, clock, pause, log).run(mayRejoin, cancellation);
    current = ours;
    previousSucceeded = true;
    suspendedNanosBefore = suspended;
    lastSuccessSeconds = ours.timestamp();
  }

  /**
   * Takes charge of a host_id that an earlier process of this host took and that nobody renews any
   * more, to renew or to return it. Watches it for longer than its owner would leave it alone.
   *
   * @throws LeaseException -22 nobody holds it, -262 another process renews it, -201 it was taken
   *     before this host was started, or so long ago that others may own it soon; a verification
   *     code or an I/O error
   */
  public void adopt() throws LeaseException {
    LeaderRecord found = own.read("delta_adopt").leader();
    if (found.isFree() || found.ownerId() != identity.hostId()) {
      throw adoptionFailure(ResultCode.EINVAL, "is not held");
    }
    LeaseTimes times = identity.times().ofOther(found.ioTimeout());
    pause.sleep((times.renewalSeconds() + 1) * Clock.SECOND_NANOS);
    if (!own.read("delta_adopt").leader().equals(found)) {
      throw adoptionFailure(ResultCode.HOSTID_BUSY, "is renewed by another process");
    }
    current = found;
    lastSuccessSeconds = found.timestamp();
    // When the host slept since then is not known; all of it counts.
    suspendedNanosBefore = 0;
    if (found.timestamp() > clock.seconds() || ageSeconds() >= times.failSeconds()) {
      current = null;
      throw adoptionFailure(ResultCode.ERROR, "has expired, or is from before this host started");
    }
    previousSucceeded = true;
  }

  private LeaseException adoptionFailure(ResultCode code, String why) {
    return new LeaseException(
        code, "host_id " + identity.hostId() + " of lockspace " + identity.space() + " " + why);
  }

  /**
   * Renews the lease: reads the whole area, checks that our sector is still ours, writes it with a
   * new timestamp.
   *
   * @return the outcome; never throws for a failed I/O
   */
  public Renewal renew(HostNotice notice) {
    Check.state(current != null, "delta lease was not acquired");
    long begin = clock.nanos();
    long suspended = clock.suspendedNanos();
    boolean compareAll = previousSucceeded;
    previousSucceeded = false;
    AreaRead area;
    try {
      area = readArea();
    } catch (LeaseException e) {
      return new Renewal(e.result(), e.getMessage(), Optional.empty(), -1, -1);
    }
    long readNanos = clock.nanos() - begin;
    Optional<LeaseBuffer> image = Optional.of(area.image);
    long writeBegin = clock.nanos();
    try {
      LeaderRecord found = checkIntact(area.image, compareAll);
      LeaderRecord renewed = buildRenewal(found, notice, area.issuedNanos);
      if (log.wants(LogDetail.RENEWAL)) {
        log.debug("delta_renew begin write for new ts " + renewed.timestamp());
      }
      own.write(renewed, notice.bitmap(), identity.times().deadSeconds() * Clock.SECOND_NANOS);
      current = renewed;
      previousSucceeded = true;
      lastSuccessSeconds = renewed.timestamp();
      suspendedNanosBefore = suspended;
    } catch (LeaseException e) {
      return new Renewal(e.result(), e.getMessage(), image, readNanos, -1);
    }
    long writeNanos = clock.nanos() - writeBegin;
    if (writeNanos >= identity.times().ioTimeoutNanos()) {
      log.error("delta_renew long write time " + writeNanos / Clock.SECOND_NANOS + " sec");
    }
    return new Renewal(1, "", image, readNanos, writeNanos);
  }

  private record AreaRead(LeaseBuffer image, long issuedNanos) {}

  private AreaRead readArea() throws LeaseException {
    if (lateRead != null) {
      LateIo late = lateRead;
      lateRead = null;
      log.debug("delta_renew begin reap");
      try {
        LeaseBuffer image = late.awaitRead(readExtendNanos);
        log.debug("delta_renew reap 0");
        return new AreaRead(image, lateReadIssuedNanos);
      } catch (IoTimeoutException e) {
        log.debug("delta_renew reap " + e.result());
        late.forget();
      } catch (LeaseException e) {
        log.debug("delta_renew reap " + e.result());
      }
    }
    if (log.wants(LogDetail.RENEWAL)) {
      log.debug("delta_renew begin read");
    }
    long issued = clock.elapsedNanos();
    try {
      LeaseBuffer image =
          disk.read(
              identity.offset(),
              identity.geometry().alignSize(),
              identity.times().ioTimeoutNanos());
      return new AreaRead(image, issued);
    } catch (IoTimeoutException e) {
      lateRead = e.lateIo();
      lateReadIssuedNanos = issued;
      throw new LeaseException(
          e.result(),
          "delta_renew read timeout "
              + identity.times().ioTimeout()
              + " sec offset "
              + identity.offset()
              + " "
              + disk.path());
    } catch (LeaseException e) {
      throw new LeaseException(
          e.result(),
          "delta_renew read rv " + e.result() + " offset " + identity.offset() + " " + disk.path());
    }
  }

  /** A sector that was overwritten once is never written again, whatever it looks like later. */
  private LeaderRecord checkIntact(LeaseBuffer image, boolean compareAll) throws LeaseException {
    if (corruptResult != 0) {
      throw new LeaseException(corruptResult, "delta_renew lease was overwritten, not renewed");
    }
    try {
      return checkOwn(image, compareAll);
    } catch (LeaseException e) {
      corruptResult = e.result();
      throw e;
    }
  }

  private LeaderRecord checkOwn(LeaseBuffer image, boolean compareAll) throws LeaseException {
    long offset = own.offsetInArea();
    if (LeaderCheck.delta(image.store(), offset, identity.space()).valid()
        && (LeaderRecord.flagsAt(image.store(), offset) & FormatFlags.DEAD_EXT) != 0) {
      // Others take our leases at once (v5.md 5.2).
      throw new LeaseException(
          ResultCode.RENEW_DEAD_EXT, "delta_renew another host has declared us dead");
    }
    LeaderCheck.Verdict verdict = LeaderCheck.deltaForUse(image.store(), offset, identity.space());
    if (!verdict.valid()) {
      throw new LeaseException(
          verdict.code(),
          "delta_renew verify_leader error " + verdict.code().number() + " " + verdict.detail());
    }
    LeaderRecord found = LeaderRecord.decode(image.store(), offset);
    if (!found.ownedBy(current.ownerId(), current.ownerGeneration())
        || !found.resourceName().equals(current.resourceName())) {
      throw new LeaseException(ResultCode.RENEW_OWNER, "delta_renew not owner " + found);
    }
    // After a failed attempt its write may or may not have landed; then only the owner is known.
    if (compareAll && !found.equals(current)) {
      throw new LeaseException(ResultCode.RENEW_DIFF, "delta_renew reread mismatch " + found);
    }
    if (found.ioTimeout() != identity.times().ioTimeout()) {
      log.error(
          "delta_renew io_timeout changed disk "
              + found.ioTimeout()
              + " sp "
              + identity.times().ioTimeout());
    }
    return found;
  }

  private LeaderRecord buildRenewal(LeaderRecord found, HostNotice notice, long readIssuedNanos)
      throws LeaseException {
    long readLimit =
        2 * identity.times().ioTimeoutNanos() + readExtendNanos + READ_TO_WRITE_LIMIT_NANOS;
    if (clock.elapsedNanos() - readIssuedNanos > readLimit) {
      throw new LeaseException(
          ResultCode.AIO_TIMEOUT, "delta_renew read is too old to write after it");
    }
    // By now another host may own the host_id; to write nothing is always safe.
    if (ageSeconds() >= identity.times().deadSeconds()) {
      throw new LeaseException(
          ResultCode.ERROR, "delta_renew lease expired, last_success " + lastSuccessSeconds);
    }
    long now = clock.seconds();
    if (found.timestamp() >= now) {
      log.error("delta_renew timestamp too small " + now + " on disk " + found.timestamp());
    }
    return found.deltaRenewed(
        identity.times().ioTimeout(),
        now,
        notice.eventGeneration(),
        notice.event(),
        notice.eventData());
  }

  /**
   * Returns the host_id, which frees every resource lease of this generation for other hosts. Only
   * when no process uses a resource of the lockspace, and only when the last renewal succeeded;
   * otherwise nothing is written and others wait it out.
   *
   * @return whether the lease is free on disk
   */
  public boolean release() {
    if (current == null || !previousSucceeded || !ownSectorSettled()) {
      return false;
    }
    if (ageSeconds() >= identity.times().failSeconds()) {
      // After so long a pause another host may own the host_id.
      log.error("delta_release lease expired, last_success " + lastSuccessSeconds);
      return false;
    }
    log.debug("delta_release begin " + identity.space() + ":" + identity.hostId());
    previousSucceeded = false;
    try {
      own.write(current.deltaReleased(), HostBitmap.NONE, identity.times().ioTimeoutNanos());
    } catch (LeaseException e) {
      log.error("delta_release write error " + e.result() + " " + e.getMessage());
      return false;
    }
    log.debug("delta_release done " + current.ownerId() + " " + current.ownerGeneration() + " 0");
    return true;
  }

  /** Whether no write of ours to our sector is in flight. */
  public boolean ownSectorSettled() {
    return own.settled();
  }
}
