package io.sanlockd.daemon.world;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.flight.FlightRecorder;
import io.sanlockd.daemon.lockspace.Rejoin;
import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.daemon.watchdog.WdmdWatchdog;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.openhft.chronicle.bytes.BytesStore;

/** Shared storage and time of some daemons. */
public final class World implements AutoCloseable {
  /** Where {@link #format} puts the lockspace; resource N lies N MiB behind it. */
  public static final String DISK = "/disk";

  /** Align size of everything here. */
  public static final int MIB = 1 << 20;

  private static final int DISK_MIB = 16;
  private static final long TIMEOUT_NANOS = 1_000_000_000;

  private final VirtualTime time = new VirtualTime();
  private final MemoryDisks disks = new MemoryDisks(time);

  /** The clock. */
  public VirtualTime time() {
    return time;
  }

  /** The storage. */
  public MemoryDisks disks() {
    return disks;
  }

  /** A disk with a lockspace LS and 15 resources r1 to r15. */
  public World format(int ioTimeout) {
    disks.create(DISK, DISK_MIB * MIB);
    formatLockspace(DISK, 0, "LS", ioTimeout);
    for (int i = 1; i < DISK_MIB; i++) {
      formatResource(DISK, (long) i * MIB, "LS", "r" + i);
    }
    return this;
  }

  /** Initialises a lockspace area. */
  public void formatLockspace(String path, long offset, String name, int ioTimeout) {
    try (LeaseDisk disk = disks.opener().open(path)) {
      new LockspaceArea(disk, offset)
          .initialize(Geometry.S512_A1M, LeaseName.of(name), ioTimeout, TIMEOUT_NANOS);
    } catch (LeaseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Initialises a resource area. */
  public void formatResource(String path, long offset, String space, String name) {
    try (LeaseDisk disk = disks.opener().open(path)) {
      new ResourceArea(disk, offset)
          .initialize(Geometry.S512_A1M, LeaseName.of(space), LeaseName.of(name), 0, TIMEOUT_NANOS);
    } catch (LeaseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The leader of resource rN. */
  public LeaderRecord leader(int number) {
    try (LeaseDisk disk = disks.opener().open(DISK)) {
      return new ResourceArea(disk, (long) number * MIB)
          .readLeader(LeaseName.of("LS"), LeaseName.EMPTY, TIMEOUT_NANOS);
    } catch (LeaseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The delta lease of a host. */
  public LeaderRecord delta(long hostId) {
    try (LeaseDisk disk = disks.opener().open(DISK)) {
      return new LockspaceArea(disk, 0)
          .readHost(Geometry.S512_A1M, LeaseName.EMPTY, hostId, TIMEOUT_NANOS);
    } catch (LeaseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Gives the delta lease of a host another format, as a later release would have written it. */
  public void reformatDelta(long hostId, int version, int moreFlags) {
    ByteBuffer disk = ByteBuffer.wrap(disks.file(DISK).content()).order(ByteOrder.LITTLE_ENDIAN);
    int offset = (int) new AreaLayout(Geometry.S512_A1M).deltaLease(hostId);
    disk.putInt(offset + 4, version).putInt(offset + 8, disk.getInt(offset + 8) | moreFlags);
    seal(offset);
  }

  /** Makes the leader of resource rN say whether its owner is only joining a shared lease. */
  public void shortHold(int number, boolean joining) {
    ByteBuffer disk = ByteBuffer.wrap(disks.file(DISK).content()).order(ByteOrder.LITTLE_ENDIAN);
    int offset = number * MIB;
    int flags = disk.getInt(offset + 8) & ~LeaderRecord.SHORT_HOLD;
    disk.putInt(offset + 8, joining ? flags | LeaderRecord.SHORT_HOLD : flags);
    seal(offset);
  }

  private void seal(int offset) {
    BytesStore<?, ?> sector = BytesStore.wrap(disks.file(DISK).content());
    LeaderRecord.decode(sector, offset).sealed().encode(sector, offset);
  }

  /** A daemon without a watchdog. */
  public VirtualDaemon daemon(String hostName) {
    return daemon(hostName, Rejoin.NEVER);
  }

  /** A daemon without a watchdog that may know of a former one. */
  public VirtualDaemon daemon(String hostName, Rejoin rejoin) {
    return new VirtualDaemon(this, hostName, new FlightRecorder(time), Watchdog.NONE, rejoin);
  }

  /** A daemon with a watchdog. */
  public VirtualDaemon daemon(String hostName, VirtualWdmd wdmd) {
    return daemon(hostName, wdmd, new FlightRecorder(time));
  }

  /** A daemon with a watchdog that tells somebody what happens. */
  public VirtualDaemon daemon(String hostName, VirtualWdmd wdmd, DaemonEvents events) {
    Watchdog watchdog = new WdmdWatchdog(wdmd, time, VirtualDaemon.GRACE_SECONDS, events);
    return new VirtualDaemon(this, hostName, events, watchdog, Rejoin.NEVER);
  }

  @Override
  public void close() {
    time.close();
  }
}
