package io.sanlockd.lease.delta;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.HostBitmap;
import io.sanlockd.lease.format.LeaderRecord;

/** The sector of our host_id in a lockspace area. */
final class OwnSector {
  private final LockspaceIdentity identity;
  private final LeaseDisk disk;
  private final Clock clock;
  private final long offset;

  /** What was read, and when the read was issued. */
  record Read(LeaderRecord leader, long issuedNanos) {}

  OwnSector(LockspaceIdentity identity, LeaseDisk disk, Clock clock) {
    this.identity = identity;
    this.disk = disk;
    this.clock = clock;
    this.offset =
        identity.offset() + new AreaLayout(identity.geometry()).deltaLease(identity.hostId());
  }

  /** Where it lies, from the start of the lockspace area. */
  long offsetInArea() {
    return offset - identity.offset();
  }

  Read read(String caller) throws LeaseException {
    long issued = clock.elapsedNanos();
    LeaderRecord leader =
        DeltaSector.read(
            disk, identity, identity.hostId(), identity.times().ioTimeoutNanos(), caller);
    return new Read(leader, issued);
  }

  /** The sectors of all hosts. */
  LeaseBuffer readArea() throws LeaseException {
    return disk.read(
        identity.offset(), identity.geometry().alignSize(), identity.times().ioTimeoutNanos());
  }

  void write(LeaderRecord leader, HostBitmap bitmap, long timeoutNanos) throws LeaseException {
    LeaseBuffer sector = disk.buffer(identity.geometry().sectorSize());
    leader.encode(sector.store(), 0);
    bitmap.encode(sector.store(), 0);
    disk.write(offset, sector, timeoutNanos);
  }

  /** Whether no write of ours to it is in flight. */
  boolean settled() {
    return disk.settled(offset, identity.geometry().sectorSize());
  }
}
