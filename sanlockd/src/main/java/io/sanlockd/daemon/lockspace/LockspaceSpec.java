package io.sanlockd.daemon.lockspace;

import io.sanlockd.model.LeaseName;

/**
 * A lockspace as a client names it.
 *
 * @param name lockspace name
 * @param hostId our host_id, 1..2000; 0 in a query matches any
 * @param path file or device
 * @param offset start of its area in bytes
 */
public record LockspaceSpec(LeaseName name, long hostId, String path, long offset) {
  /** Whether a query names this lockspace: all equal, host_id 0 matches any. */
  boolean isNamedBy(LockspaceSpec query) {
    return samePlace(query)
        && name.equals(query.name)
        && (query.hostId == 0 || query.hostId == hostId);
  }

  boolean samePlace(LockspaceSpec other) {
    return path.equals(other.path) && offset == other.offset;
  }

  @Override
  public String toString() {
    return name + ":" + hostId + ":" + path + ":" + offset;
  }
}
