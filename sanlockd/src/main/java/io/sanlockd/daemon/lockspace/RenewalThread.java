package io.sanlockd.daemon.lockspace;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.daemon.watchdog.WatchdogSession;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.delta.DeltaLease;
import io.sanlockd.lease.delta.HostCalls;
import io.sanlockd.lease.delta.HostMonitor;
import io.sanlockd.lease.delta.LockspaceIdentity;
import io.sanlockd.lease.delta.Renewal;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.model.flight.EventKind;
import java.util.Optional;

/**
 * Takes, renews and returns one delta lease (lockspace.md 4). Takes no lock that a request could
 * hold; what others need to know it publishes through {@link Lockspace}.
 */
final class RenewalThread implements Runnable {
  private static final long RETRY_PAUSE_NANOS = Clock.SECOND_NANOS / 2;
  private static final long SETTLE_PAUSE_NANOS = Clock.SECOND_NANOS / 10;
  private static final long SETTLE_LIMIT_NANOS = 120 * Clock.SECOND_NANOS;
  private static final long LONGEST_SLEEP_NANOS = Clock.SECOND_NANOS;
  private static final long MILLI_NANOS = Clock.SECOND_NANOS / 1000;
  private static final int CORRUPT_LOG_SECONDS = 30;

  /** What the main loop hears from the thread, on the thread. */
  interface Reports {
    /** The acquire ended: 1, or a negative result after which {@link #ended} follows. */
    void acquired(int result);

    /** The thread waits for I/O that outlived its time limit before it can end. */
    void settling();

    /** Other hosts want something from us. */
    void called(HostCalls calls);

    /** The thread has ended; no I/O of it is in flight unless the wait for it took too long. */
    void ended();
  }

  private final Lockspace lockspace;
  private final LockspaceSettings settings;
  private final Storage storage;
  private final Watchdog watchdog;
  private final Clock clock;
  private final RenewalRuntime runtime;
  private final LeaseLog log;
  private final DaemonEvents events;
  private final StopSignal stop;
  private final Reports reports;
  private long nextCorruptLogSeconds;

  /**
   * What all lockspaces of the daemon share on the side of the disks.
   *
   * @param opener opens them
   * @param identity tells whether two paths are one
   * @param claims areas in use
   * @param requestSizes makes requests to block devices large enough
   * @param rejoin knows whether former users of our host_id are gone
   */
  record Storage(
      DiskOpener opener,
      StorageIdentity identity,
      AreaClaims claims,
      RequestSizes requestSizes,
      Rejoin rejoin) {}

  RenewalThread(
      Lockspace lockspace,
      LockspaceSettings settings,
      Storage storage,
      Watchdog watchdog,
      Clock clock,
      RenewalRuntime runtime,
      LeaseLog log,
      DaemonEvents events,
      Reports reports) {
    this.lockspace = lockspace;
    this.settings = settings;
    this.storage = storage;
    this.watchdog = watchdog;
    this.clock = clock;
    this.runtime = runtime;
    this.log = log;
    this.events = events;
    this.stop = lockspace.stop();
    this.reports = reports;
  }

  @Override
  public void run() {
    String path = lockspace.spec().path();
    try (LeaseDisk disk = storage.opener().open(path);
        LeaseDisk readerDisk = storage.opener().open(path)) {
      DeltaLease lease = join(disk, readerDisk);
      if (lease != null) {
        renewUntilStopped(lease);
        leave(lease);
      }
    } catch (LeaseException e) {
      log.error("open_disk " + path + " error " + e.result());
      lockspace.publish(RenewalStatus.refused(ResultCode.ENODEV.number(), clock.seconds()));
      reports.acquired(ResultCode.ENODEV.number());
    }
    storage.claims().release(lockspace);
    reports.ended();
  }

  /** Takes the delta lease and publishes the outcome; null when there is none. */
  private DeltaLease join(LeaseDisk disk, LeaseDisk readerDisk) {
    long attempt = clock.seconds();
    DeltaLease lease = null;
    try {
      LockspaceIdentity identity = identify(disk);
      Object place = claimArea(identity);
      int requestKilobytes =
          storage.requestSizes().enlarge(place, identity.geometry().alignSize(), log);
      HostMonitor monitor = new HostMonitor(identity, lockspace.setBitmapSeconds(), clock, log);
      LockspaceSpec spec = lockspace.spec();
      lockspace.guardedBy(watchdog.connect(spec.name(), spec.hostId(), lockspace.times(), log));
      lease = new DeltaLease(identity, disk, lockspace.renewalReadExtendNanos(), clock, stop, log);
      lease.acquire(held -> storage.rejoin().allowed(spec, held), stop);
      storage.rejoin().joined(spec, lease.current().ownerGeneration());
      lockspace.joined(
          new Membership(
              identity,
              lease.current().ownerGeneration(),
              readerDisk,
              monitor,
              new WriteFence(() -> !lockspace.holdsLease()),
              requestKilobytes));
      lockspace.publish(
          RenewalStatus.acquired(
              attempt, lease.lastSuccessSeconds(), lease.suspendedNanosBefore()));
      lockspace.history().success(lease.lastSuccessSeconds(), 0, 0);
      // Fills the host table before anybody asks it, and gives the watchdog a fresh time.
      renew(lease);
      lockspace.watchdog().activate(lease.lastSuccessSeconds());
      reports.acquired(ResultCode.OK.number());
      return lease;
    } catch (LeaseException e) {
      log.error("add_lockspace " + lockspace.spec() + ": " + e.getMessage());
      lockspace.publish(RenewalStatus.refused(e.result(), attempt));
      reports.acquired(e.result());
      if (lease != null) {
        leave(lease);
      }
      return null;
    }
  }

  /** Nobody uses the lockspace any more: gives everything back. */
  private void leave(DeltaLease lease) {
    storage.rejoin().left(lockspace.spec());
    lease.release();
    closeWatchdog();
    awaitSettled(lease);
  }

  /**
   * Closing an armed session would reset the host: waits until the watchdog daemon let go of it.
   */
  private void closeWatchdog() {
    WatchdogSession session = lockspace.watchdog();
    long deadline = clock.nanos() + SETTLE_LIMIT_NANOS;
    while (!session.deactivate() && clock.nanos() < deadline) {
      runtime.pause().sleep(RETRY_PAUSE_NANOS);
    }
    session.close();
  }

  /** The same area under another path would be one host_id renewed by two threads. */
  private Object claimArea(LockspaceIdentity identity) throws LeaseException {
    Object place;
    try {
      place = storage.identity().of(lockspace.spec().path());
    } catch (LeaseException e) {
      throw new LeaseException(ResultCode.ENODEV, e.getMessage());
    }
    Optional<Lockspace> other =
        storage
            .claims()
            .claim(lockspace, place, identity.offset(), identity.geometry().alignSize());
    if (other.isPresent()) {
      throw new LeaseException(
          ResultCode.EINVAL,
          "overlaps the area of "
              + other.get()
              + " "
              + other.get().spec()
              + " on the same storage");
    }
    return place;
  }

  private LockspaceIdentity identify(LeaseDisk disk) throws LeaseException {
    LockspaceSpec spec = lockspace.spec();
    LeaseTimes times = lockspace.times();
    Geometry geometry = new LockspaceArea(disk, spec.offset()).detect(times.ioTimeoutNanos());
    if (Long.compareUnsigned(spec.hostId(), geometry.maxHosts()) > 0) {
      throw new LeaseException(
          ResultCode.ADDLS_INVALID_HOSTID,
          "host_id " + spec.hostId() + " is above " + geometry.maxHosts());
    }
    return new LockspaceIdentity(
        spec.name(), spec.hostId(), settings.hostName(), spec.offset(), geometry, times);
  }

  private void renewUntilStopped(DeltaLease lease) {
    boolean succeeded = true;
    while (!stop.cancelled()) {
      long dueNanos =
          (lease.lastSuccessSeconds() + lockspace.times().renewalSeconds()) * Clock.SECOND_NANOS;
      // After a suspend only a renewal tells whether the host_id is still ours.
      long waitNanos = lockspace.doubtful() ? 0 : dueNanos - clock.nanos();
      if (!succeeded) {
        waitNanos = Math.max(waitNanos, RETRY_PAUSE_NANOS);
      }
      if (waitNanos > 0) {
        sleep(Math.min(waitNanos, LONGEST_SLEEP_NANOS));
      }
      if (!stop.cancelled() && waitNanos <= LONGEST_SLEEP_NANOS) {
        succeeded = renew(lease);
      }
    }
  }

  private void sleep(long nanos) {
    long wakeNanos = clock.nanos() + nanos;
    stop.sleep(nanos);
    if (!stop.cancelled()) {
      lockspace.renewals().woken(clock.nanos() - wakeNanos);
    }
  }

  private boolean renew(DeltaLease lease) {
    long before = lease.lastSuccessSeconds();
    long attempt = clock.seconds();
    Renewal renewal = lease.renew(lockspace.notices().current(attempt));
    long length = clock.seconds() - attempt;
    lockspace.renewals().ended(renewal);
    lockspace.publish(
        lockspace
            .status()
            .renewed(
                renewal.result(),
                attempt,
                lease.lastSuccessSeconds(),
                lease.suspendedNanosBefore()));
    LeaseName space = lockspace.spec().name();
    if (renewal.succeeded()) {
      events.happened(
          EventKind.RENEWED,
          space,
          "",
          lease.lastSuccessSeconds(),
          millis(renewal.readNanos()),
          millis(renewal.writeNanos()));
      lockspace.watchdog().renewed(lease.lastSuccessSeconds());
      lockspace
          .history()
          .success(
              lease.lastSuccessSeconds(),
              millis(renewal.readNanos()),
              millis(renewal.writeNanos()));
      logSuccess(lease.lastSuccessSeconds(), length, before);
    } else {
      events.happened(
          EventKind.RENEWAL_FAILED, space, "", renewal.result(), clock.seconds() - before, length);
      lockspace.history().failure(renewal.result());
      logFailure(renewal, length, before);
    }
    if (renewal.image().isPresent()) {
      try (LeaseBuffer image = renewal.image().get()) {
        HostCalls calls = lockspace.membership().monitor().examine(image.store());
        if (!calls.isEmpty()) {
          reports.called(calls);
        }
      }
    }
    return renewal.succeeded();
  }

  private static int millis(long nanos) {
    return (int) (nanos / MILLI_NANOS);
  }

  private void logFailure(Renewal renewal, long length, long lastSuccess) {
    if (renewal.result() == lockspace.status().corruptResult()) {
      // It stays like that until the last process is gone.
      long now = clock.seconds();
      if (now < nextCorruptLogSeconds) {
        return;
      }
      nextCorruptLogSeconds = now + CORRUPT_LOG_SECONDS;
    }
    log.error(renewal.message());
    log.error(
        "renewal error "
            + renewal.result()
            + " delta_length "
            + length
            + " last_success "
            + lastSuccess);
  }

  private void logSuccess(long timestamp, long length, long before) {
    if (length > lockspace.times().renewalSeconds()) {
      log.error("renewed " + timestamp + " delta_length " + length + " too long");
    } else if (log.wants(LogDetail.RENEWAL)) {
      log.debug(
          "renewed " + timestamp + " delta_length " + length + " interval " + (timestamp - before));
    }
  }

  /** A late write of ours must not meet a new incarnation of this lockspace on this host. */
  private void awaitSettled(DeltaLease lease) {
    if (lease.ownSectorSettled()) {
      return;
    }
    reports.settling();
    long deadline = clock.nanos() + SETTLE_LIMIT_NANOS;
    while (!lease.ownSectorSettled() && clock.nanos() < deadline) {
      runtime.pause().sleep(SETTLE_PAUSE_NANOS);
    }
  }
}
