package io.sanlockd.cli.operate;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.protocol.Lockspace;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Who has a host_id, read from the disk: a daemon tells it only of lockspaces it has joined. */
final class HostIdOwner {
  private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(1);

  private HostIdOwner() {}

  static void describe(Lockspace lockspace, int fireTimeout, Consumer<String> lines) {
    String id = "host_id " + Long.toUnsignedString(lockspace.hostId());
    try (LeaseDisk disk = DirectDisks.readOnly(LeaseLog.NONE).open(lockspace.disk().path())) {
      LockspaceArea area = new LockspaceArea(disk, lockspace.disk().offset());
      Geometry geometry = area.detect(READ_NANOS);
      LeaderRecord owner =
          area.readHost(geometry, lockspace.name(), lockspace.hostId(), READ_NANOS);
      LeaseTimes times =
          new LeaseTimes(LeaseTimes.DEFAULT_IO_TIMEOUT, fireTimeout).ofOther(owner.ioTimeout());
      lines.accept(
          id
              + " of "
              + Bytes.toUnicode(lockspace.name().text())
              + " belongs to host "
              + Bytes.toUnicode(owner.resourceName().text())
              + ", generation "
              + Long.toUnsignedString(owner.ownerGeneration())
              + (owner.timestamp() == 0 ? ", which has given it back meanwhile" : "")
              + "; it was renewed while this host waited for it");
      lines.accept(
          "use another host_id, or remove the lockspace there; if that host is lost, its host_id"
              + " can be had "
              + times.deadSeconds()
              + " s after its last renewal (8 x io_timeout "
              + times.ioTimeout()
              + " s + "
              + fireTimeout
              + " s)");
    } catch (LeaseException e) {
      lines.accept("who has " + id + " can not be read here: " + e.getMessage());
    }
  }
}
