package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;

/** Opens lease disks. Thread-safe. */
@FunctionalInterface
public interface DiskOpener {
  /**
   * Opens a file or block device for direct synchronous reading and writing.
   *
   * @throws LeaseException with the negative errno
   */
  LeaseDisk open(String path) throws LeaseException;
}
