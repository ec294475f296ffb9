package io.sanlockd.lease.paxos;

import io.sanlockd.model.LeaseName;
import java.util.Optional;

/**
 * What else happens when an exclusive lease is given up.
 *
 * @param rename the resource's new name
 * @param value the lock value block to leave for the next owner
 */
public record ReleaseOptions(Optional<LeaseName> rename, Optional<ValueWrite> value) {
  /** Nothing else. */
  public static final ReleaseOptions PLAIN = new ReleaseOptions(Optional.empty(), Optional.empty());
}
