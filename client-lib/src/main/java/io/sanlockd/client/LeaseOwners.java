package io.sanlockd.client;

import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.Resource;
import java.util.List;

/**
 * Who owns a lease on disk, alive or not.
 *
 * @param resource with its version, SHARED when there are shared owners
 * @param owners the exclusive owner with a timestamp, then shared owners with timestamp 0
 */
public record LeaseOwners(Resource resource, List<Host> owners) {
  /** Copies the list. */
  public LeaseOwners {
    owners = List.copyOf(owners);
  }
}
