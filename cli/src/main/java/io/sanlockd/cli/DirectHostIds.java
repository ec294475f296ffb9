package io.sanlockd.cli;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.delta.DeltaLease;
import io.sanlockd.lease.delta.HostNotice;
import io.sanlockd.lease.delta.LockspaceIdentity;
import io.sanlockd.lease.delta.Renewal;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.NodeName;
import io.sanlockd.protocol.Lockspace;
import java.util.UUID;

/**
 * Host_ids without a daemon (cli.md 8): taken by the rules and after the waiting times of a daemon,
 * renewed and returned only when nobody else renews them.
 */
final class DirectHostIds {
  private final Session session;
  private final ParsedOptions options;
  private final DirectStorage storage;

  DirectHostIds(Session session, DirectStorage storage) {
    this.session = session;
    this.options = session.options();
    this.storage = storage;
  }

  int run(String action) {
    // The C program spells it so, and scripts may look for it.
    String words = action.equals("renew_id") ? "rewew_id" : action;
    storage.note(action);
    try (LeaseDisk disk = storage.open(options.lockspace())) {
      DeltaLease lease = lease(disk);
      switch (action) {
        case "acquire_id" -> acquire(lease);
        case "renew_id" -> renew(lease);
        default -> release(lease);
      }
      return session.done(words, 0);
    } catch (LeaseException e) {
      return storage.failed(words, e);
    }
  }

  private DeltaLease lease(LeaseDisk disk) throws LeaseException {
    Lockspace lockspace = options.lockspace();
    LeaseTimes times = storage.times();
    long offset = lockspace.disk().offset();
    Geometry geometry = new LockspaceArea(disk, offset).detect(times.ioTimeoutNanos());
    if (lockspace.hostId() == 0) {
      throw new LeaseException(ResultCode.EINVAL, "a host_id is needed: -s NAME:HOST_ID:PATH");
    }
    if (Long.compareUnsigned(lockspace.hostId(), geometry.maxHosts()) > 0) {
      throw new LeaseException(
          ResultCode.ADDLS_INVALID_HOSTID, "there are " + geometry.maxHosts() + " host_ids");
    }
    LockspaceIdentity identity =
        new LockspaceIdentity(
            lockspace.name(), lockspace.hostId(), hostName(), offset, geometry, times);
    return new DeltaLease(
        identity, disk, times.ioTimeoutNanos(), storage.clock(), storage.pause(), storage.log());
  }

  private LeaseName hostName() {
    return options.has('e')
        ? LeaseName.ofTextCut(options.text('e'))
        : LeaseName.ofHost(UUID.randomUUID(), NodeName.get());
  }

  /** Renewed at once: the lease lasts from now on, not from before the waits of taking it. */
  private static void acquire(DeltaLease lease) throws LeaseException {
    lease.acquire(held -> false, Cancellation.NEVER);
    write(lease);
  }

  private static void renew(DeltaLease lease) throws LeaseException {
    lease.adopt();
    write(lease);
  }

  private static void write(DeltaLease lease) throws LeaseException {
    Renewal renewal = lease.renew(HostNotice.NONE);
    renewal.image().ifPresent(LeaseBuffer::close);
    if (!renewal.succeeded()) {
      throw new LeaseException(renewal.result(), renewal.message());
    }
  }

  private static void release(DeltaLease lease) throws LeaseException {
    lease.adopt();
    if (!lease.release()) {
      throw new LeaseException(ResultCode.ERROR, "nothing is known to have been written");
    }
  }
}
