package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.lease.paxos.AcquireRequest;
import io.sanlockd.lease.paxos.DiskSpec;
import io.sanlockd.model.LeaseName;
import java.util.List;

/**
 * A lease as a process asks for it.
 *
 * @param lockspace its lockspace, active
 * @param name resource name
 * @param disks 1 to 4 copies
 * @param acquire mode and conditions
 * @param persistent keep the lease when the process ends
 * @param adoptOrphan take over a lease whose process ended
 * @param orphanOnly nothing but an orphan will do
 * @param valueBlock read its value block
 */
public record LeaseRequest(
    Lockspace lockspace,
    LeaseName name,
    List<DiskSpec> disks,
    AcquireRequest acquire,
    boolean persistent,
    boolean adoptOrphan,
    boolean orphanOnly,
    boolean valueBlock) {
  /** Lockspace name. */
  public LeaseName space() {
    return lockspace.spec().name();
  }
}
