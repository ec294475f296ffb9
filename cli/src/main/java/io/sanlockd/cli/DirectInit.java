package io.sanlockd.cli;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceText;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceText;

/** {@code sanlock direct init}: writes an empty lockspace or lease. */
final class DirectInit {
  private final Session session;
  private final ParsedOptions options;
  private final DirectStorage storage;

  DirectInit(Session session, DirectStorage storage) {
    this.session = session;
    this.options = session.options();
    this.storage = storage;
  }

  int run() {
    try {
      if (options.hasLockspacePath()) {
        initLockspace(options.lockspace());
      } else if (!options.resources().isEmpty()) {
        Resource resource = options.resources().get(0);
        storage.note("init resource " + ResourceText.format(resource));
        for (Disk place : resource.disks()) {
          initResource(resource, place);
        }
      } else {
        return session.done("init", ResultCode.EINVAL.number());
      }
      return session.done("init", 0);
    } catch (LeaseException e) {
      return storage.failed("init", e);
    }
  }

  private void initLockspace(Lockspace lockspace) throws LeaseException {
    LeaseTimes times = storage.times();
    storage.note(
        "init lockspace "
            + LockspaceText.format(lockspace)
            + " 0x"
            + Integer.toHexString(options.sizeFlags()));
    try (LeaseDisk disk = storage.open(lockspace)) {
      new LockspaceArea(disk, lockspace.disk().offset())
          .initialize(
              storage.newSizes(disk),
              lockspace.name(),
              times.ioTimeout(),
              storage.initTimeoutNanos());
    }
  }

  private void initResource(Resource resource, Disk place) throws LeaseException {
    int numHosts = options.integer('n', 0);
    try (LeaseDisk disk = storage.open(place.path())) {
      ResourceArea area = new ResourceArea(disk, place.offset());
      if (options.isOn('z')) {
        area.clear(
            storage.newSizes(disk),
            resource.lockspaceName(),
            resource.name(),
            numHosts,
            storage.clock().seconds(),
            storage.initTimeoutNanos());
      } else {
        area.initialize(
            storage.newSizes(disk),
            resource.lockspaceName(),
            resource.name(),
            numHosts,
            storage.initTimeoutNanos());
      }
    }
  }
}
