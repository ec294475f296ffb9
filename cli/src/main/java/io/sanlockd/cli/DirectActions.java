package io.sanlockd.cli;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.util.Optional;

/** {@code sanlock direct}: works on the storage without a daemon (cli.md 8). */
final class DirectActions {
  private static final long INIT_TIMEOUT_NANOS = 60 * Clock.SECOND_NANOS;
  private static final int PROBE_LENGTH = 4096;

  private final Session session;
  private final ParsedOptions options;
  private final DiskOpener opener = new DirectDisks(LeaseLog.NONE);

  private DirectActions(Session session) {
    this.session = session;
    this.options = session.options();
  }

  static boolean isKnown(String action) {
    return action.equals("init") || action.equals("read_leader") || action.equals("dump");
  }

  /**
   * Runs an action and gives the exit status.
   *
   * @param place the word after {@code dump}; ignored by the other actions
   */
  static int run(String action, String place, Session session) {
    DirectActions direct = new DirectActions(session);
    return switch (action) {
      case "init" -> direct.init();
      case "read_leader" -> direct.readLeader();
      default -> new DumpAction(session, direct.opener, direct.readTimeoutNanos()).run(place);
    };
  }

  private long readTimeoutNanos() {
    int seconds = options.integer('o', LeaseTimes.DEFAULT_IO_TIMEOUT);
    return (seconds <= 0 ? LeaseTimes.DEFAULT_IO_TIMEOUT : seconds) * Clock.SECOND_NANOS;
  }

  private boolean hasLockspacePath() {
    return !options.lockspace().disk().path().isEmpty();
  }

  private int init() {
    try {
      if (hasLockspacePath()) {
        initLockspace(options.lockspace());
      } else if (!options.resources().isEmpty()) {
        for (Disk place : options.resources().get(0).disks()) {
          initResource(options.resources().get(0), place);
        }
      } else {
        return session.done("init", ResultCode.EINVAL.number());
      }
      return session.done("init", 0);
    } catch (LeaseException e) {
      return session.done("init", e.result());
    }
  }

  private LeaseDisk openLockspace(Lockspace lockspace) throws LeaseException {
    try {
      return opener.open(lockspace.disk().path());
    } catch (LeaseException e) {
      throw new LeaseException(ResultCode.ENODEV, e.getMessage());
    }
  }

  /** The sizes of the options, or the default of the storage. */
  private Geometry sizes(LeaseDisk disk) throws LeaseException {
    int flags = options.sizeFlags();
    Optional<Geometry> geometry =
        Geometry.isUnset(flags)
            ? Geometry.ofSectorSize(disk.storageSectorSize())
            : Geometry.ofApiFlags(flags);
    return geometry.orElseThrow(
        () -> new LeaseException(ResultCode.EGENERIC, "-Z and -A must be given together"));
  }

  private void initLockspace(Lockspace lockspace) throws LeaseException {
    int given = options.integer('o', 0);
    int ioTimeout = given == 0 ? LeaseTimes.DEFAULT_IO_TIMEOUT : given;
    if (ioTimeout < 0 || ioTimeout > LeaseTimes.MAX_IO_TIMEOUT) {
      throw new LeaseException(ResultCode.EINVAL, "io timeout must be 1 to 255 seconds");
    }
    try (LeaseDisk disk = openLockspace(lockspace)) {
      new LockspaceArea(disk, lockspace.disk().offset())
          .initialize(sizes(disk), lockspace.name(), ioTimeout, INIT_TIMEOUT_NANOS);
    }
  }

  private void initResource(Resource resource, Disk place) throws LeaseException {
    int numHosts = options.integer('n', 0);
    try (LeaseDisk disk = opener.open(place.path())) {
      ResourceArea area = new ResourceArea(disk, place.offset());
      if (options.isOn('z')) {
        area.clear(
            sizes(disk),
            resource.lockspaceName(),
            resource.name(),
            numHosts,
            MonotonicClock.seconds(),
            INIT_TIMEOUT_NANOS);
      } else {
        area.initialize(
            sizes(disk), resource.lockspaceName(), resource.name(), numHosts, INIT_TIMEOUT_NANOS);
      }
    }
  }

  /** A leader record as found, and whether it is valid. */
  private record Found(int result, LeaderRecord leader, boolean delta) {}

  private int readLeader() {
    Found found;
    try {
      if (hasLockspacePath()) {
        found = readDelta(options.lockspace());
      } else if (!options.resources().isEmpty() && !options.resources().get(0).disks().isEmpty()) {
        found = readPaxos(options.resources().get(0));
      } else {
        found = unread(ResultCode.EGENERIC.number(), false);
      }
    } catch (LeaseException e) {
      found = unread(e.result(), hasLockspacePath());
    }
    session.out().line("read_leader done " + found.result);
    print(found);
    return session.finish(found.result);
  }

  private static Found unread(int result, boolean delta) {
    return new Found(result, LeaderRecord.EMPTY, delta);
  }

  private Found readDelta(Lockspace lockspace) throws LeaseException {
    try (LeaseDisk disk = openLockspace(lockspace)) {
      Geometry geometry = deltaSizes(disk, lockspace.disk().offset());
      long hostId = lockspace.hostId();
      if (hostId < 1 || hostId > geometry.maxHosts()) {
        throw new LeaseException(ResultCode.EINVAL, "host_id " + hostId);
      }
      long at = lockspace.disk().offset() + new AreaLayout(geometry).deltaLease(hostId);
      try (LeaseBuffer sector = disk.read(at, geometry.sectorSize(), readTimeoutNanos())) {
        LeaderCheck.Verdict verdict = LeaderCheck.delta(sector.store(), 0, lockspace.name());
        return found(verdict, LeaderRecord.decode(sector.store(), 0), true);
      }
    }
  }

  private Geometry deltaSizes(LeaseDisk disk, long offset) throws LeaseException {
    Optional<Geometry> given = Geometry.ofApiFlags(options.sizeFlags());
    if (given.isPresent()) {
      return given.get();
    }
    try (LeaseBuffer probe = disk.read(offset, PROBE_LENGTH, readTimeoutNanos())) {
      LeaderRecord first = LeaderRecord.decode(probe.store(), 0);
      boolean known = first.magic() == Magic.DELTA || first.magic() == Magic.PAXOS;
      return (known ? first.geometry() : Optional.<Geometry>empty())
          .orElseThrow(() -> new LeaseException(ResultCode.EGENERIC, "no lockspace found"));
    }
  }

  private Found readPaxos(Resource resource) throws LeaseException {
    Disk place = resource.disks().get(0);
    try (LeaseDisk disk = opener.open(place.path());
        LeaseBuffer sector = disk.read(place.offset(), PROBE_LENGTH, readTimeoutNanos())) {
      LeaderCheck.Verdict verdict =
          LeaderCheck.paxos(
              sector.store(), AreaLayout.LEADER, resource.lockspaceName(), resource.name(), 0);
      return found(verdict, LeaderRecord.decode(sector.store(), AreaLayout.LEADER), false);
    }
  }

  private static Found found(LeaderCheck.Verdict verdict, LeaderRecord leader, boolean delta) {
    return new Found(verdict.valid() ? 0 : verdict.code().number(), leader, delta);
  }

  private void print(Found found) {
    LeaderRecord leader = found.leader;
    field("magic", "0x" + Integer.toHexString(leader.magic()));
    field("version", "0x" + Integer.toHexString(leader.version()));
    field("flags", "0x" + Integer.toHexString(leader.flags()));
    field("sector_size", Integer.toUnsignedString(leader.sectorSize()));
    field("num_hosts", Long.toUnsignedString(leader.numHosts()));
    field("max_hosts", Long.toUnsignedString(leader.maxHosts()));
    field("owner_id", Long.toUnsignedString(leader.ownerId()));
    field("owner_generation", Long.toUnsignedString(leader.ownerGeneration()));
    field("lver", Long.toUnsignedString(leader.lver()));
    field("space_name", leader.spaceName().text());
    field("resource_name", leader.resourceName().text());
    field("timestamp", Long.toUnsignedString(leader.timestamp()));
    field("checksum", "0x" + Integer.toHexString(leader.checksum()));
    field("io_timeout", Integer.toString(leader.ioTimeout()));
    field(found.delta ? "extra1" : "write_id", Long.toUnsignedString(leader.writeId()));
    field(
        found.delta ? "extra2" : "write_generation",
        Long.toUnsignedString(leader.writeGeneration()));
    field(
        found.delta ? "extra3" : "write_timestamp", Long.toUnsignedString(leader.writeTimestamp()));
  }

  private void field(String name, String value) {
    session.out().line(name + " " + value);
  }
}
