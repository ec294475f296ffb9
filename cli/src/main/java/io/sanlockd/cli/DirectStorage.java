package io.sanlockd.cli;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.Pause;
import io.sanlockd.lease.SystemClock;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Lockspace;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What direct actions work with: disks, sizes, limits, time, and their trace (cli.md 8). */
final class DirectStorage {
  private static final int PROBE_LENGTH = 4096;
  private static final int PROBE_STEPS = 1024;
  private static final int PROBE_STEP = 1 << 20;

  private final Session session;
  private final ParsedOptions options;
  private final LeaseLog log;
  private final DiskOpener opener;
  private final Clock clock = new SystemClock();
  private final Pause pause = DirectStorage::sleep;

  DirectStorage(Session session) {
    this.session = session;
    this.options = session.options();
    this.log = options.has('D') ? new DebugLog(session.invocation().err()) : LeaseLog.NONE;
    this.opener = new DirectDisks(log);
  }

  /** Sleeps to the end; nothing wakes this thread. */
  private static void sleep(long nanos) {
    long deadline = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = deadline - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  Clock clock() {
    return clock;
  }

  Pause pause() {
    return pause;
  }

  LeaseLog log() {
    return log;
  }

  DiskOpener opener() {
    return opener;
  }

  /** Leaves a trace of what is about to be done. */
  void note(String line) {
    session.invocation().journal().note(line);
  }

  /**
   * The times of {@code -o}.
   *
   * @throws LeaseException -22 when it is out of range
   */
  LeaseTimes times() throws LeaseException {
    int ioTimeout = session.ioTimeoutSeconds();
    if (ioTimeout < 1 || ioTimeout > LeaseTimes.MAX_IO_TIMEOUT) {
      throw new LeaseException(
          ResultCode.EINVAL, "io timeout must be 1 to " + LeaseTimes.MAX_IO_TIMEOUT + " seconds");
    }
    return new LeaseTimes(ioTimeout, session.invocation().config().fireTimeoutSeconds());
  }

  /** Limit of one read of an action that only looks; an unusable {@code -o} does not matter. */
  long readTimeoutNanos() {
    return TimeUnit.SECONDS.toNanos(Math.max(1, session.ioTimeoutSeconds()));
  }

  /** Limit of writing a whole area. */
  long initTimeoutNanos() {
    return TimeUnit.SECONDS.toNanos(session.invocation().config().initSeconds());
  }

  LeaseDisk open(String path) throws LeaseException {
    return opener.open(path);
  }

  /** Opens the disk of a lockspace; whatever prevents it is -19. */
  LeaseDisk open(Lockspace lockspace) throws LeaseException {
    try {
      return opener.open(lockspace.disk().path());
    } catch (LeaseException e) {
      throw new LeaseException(ResultCode.ENODEV, e.getMessage());
    }
  }

  /** Prints {@code <words> done <result>} of a failure and gives the exit status. */
  int failed(String words, LeaseException failure) {
    return session.done(words, failure.result(), failure.getMessage());
  }

  /** The sizes for something new: those of the options, or the default of the storage. */
  Geometry newSizes(LeaseDisk disk) throws LeaseException {
    int flags = options.sizeFlags();
    Optional<Geometry> geometry =
        Geometry.isUnset(flags)
            ? Geometry.ofSectorSize(disk.storageSectorSize())
            : Geometry.ofApiFlags(flags);
    return geometry.orElseThrow(
        () -> new LeaseException(ResultCode.EGENERIC, "-Z and -A must be given together"));
  }

  /** The sizes of what is there: those of the options, or of the first lease found. */
  Optional<Geometry> foundSizes(LeaseDisk disk, DiskPlace place) throws LeaseException {
    Optional<Geometry> given = Geometry.ofApiFlags(options.sizeFlags());
    if (given.isPresent()) {
      return given;
    }
    for (int step = 0; step < PROBE_STEPS; step++) {
      long distance = (long) step * PROBE_STEP;
      if (place.size() != 0 && distance >= place.size()) {
        return Optional.empty();
      }
      try (LeaseBuffer probe =
          disk.read(place.offset() + distance, PROBE_LENGTH, readTimeoutNanos())) {
        LeaderRecord leader = LeaderRecord.decode(probe.store(), 0);
        if (leader.magic() == Magic.DELTA || leader.magic() == Magic.PAXOS) {
          return leader.geometry();
        }
      }
    }
    return Optional.empty();
  }
}
