package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.LeaseLog;

/**
 * Makes the requests to a block device so large that the read of a whole area is one (lockspace.md
 * 13). May wait for the kernel. Thread-safe.
 */
@FunctionalInterface
public interface RequestSizes {
  /** Leaves all devices alone. */
  RequestSizes NONE = (place, alignBytes, log) -> 0;

  /**
   * Sets the size for a device; what fails is logged and done without.
   *
   * @param place what {@link StorageIdentity} says about the storage
   * @param alignBytes align size of the lockspace
   * @return kilobytes that the device should have now, 0 = it is left as it is
   */
  int enlarge(Object place, int alignBytes, LeaseLog log);
}
