package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.LeaseException;

/** Tells whether two paths lead to the same storage. May wait for the storage. Thread-safe. */
@FunctionalInterface
public interface StorageIdentity {
  /**
   * What a path leads to.
   *
   * @return equal for two paths exactly if they are the same file or block device
   * @throws LeaseException with the negative errno when the path leads nowhere
   */
  Object of(String path) throws LeaseException;
}
