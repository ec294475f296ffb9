package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.DiskOpener;
import io.sanlockd.lease.disk.LeaseDisk;
import java.util.ArrayList;
import java.util.List;

/**
 * The open disks of one lease, from the beginning of its acquire to the end of its release. Used by
 * one operation at a time.
 *
 * @param identity which resource, and who we are
 * @param replicas its copies
 * @param disks what to close in the end
 */
public record OpenLease(PaxosIdentity identity, LeaseReplicas replicas, List<LeaseDisk> disks)
    implements AutoCloseable {
  /**
   * Opens a majority of the disks.
   *
   * @throws LeaseException the error of the last disk that could not be opened
   */
  public static OpenLease open(PaxosIdentity identity, List<DiskSpec> specs, DiskOpener opener)
      throws LeaseException {
    List<LeaseDisk> disks = new ArrayList<>(specs.size());
    List<Replica> replicas = new ArrayList<>(specs.size());
    LeaseException last = null;
    for (int number = 0; number < specs.size(); number++) {
      DiskSpec spec = specs.get(number);
      try {
        LeaseDisk disk = opener.open(spec.path());
        disks.add(disk);
        replicas.add(new Replica(number, disk, spec.offset()));
      } catch (LeaseException e) {
        last = e;
      }
    }
    if (last != null && replicas.size() < specs.size() / 2 + 1) {
      disks.forEach(LeaseDisk::close);
      throw last;
    }
    return new OpenLease(identity, new LeaseReplicas(identity, replicas, specs.size()), disks);
  }

  /** Closes the disks; nothing is in flight. */
  @Override
  public void close() {
    disks.forEach(LeaseDisk::close);
  }
}
