package io.sanlockd.lease.area;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.InitialImage;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;

/**
 * A resource area on a disk.
 *
 * @param disk an open disk
 * @param offset start of the area in bytes
 */
public record ResourceArea(LeaseDisk disk, long offset) {
  private static final int PROBE_LENGTH = 4096;

  /**
   * Reads and verifies the leader record; whoever holds the lease is not disturbed.
   *
   * @param space expected lockspace name, empty = accept any
   * @param resource expected resource name, empty = accept any
   */
  public LeaderRecord readLeader(LeaseName space, LeaseName resource, long timeoutNanos)
      throws LeaseException {
    try (LeaseBuffer probe = disk.read(offset, PROBE_LENGTH, timeoutNanos)) {
      LeaderCheck.Verdict verdict =
          LeaderCheck.paxos(probe.store(), AreaLayout.LEADER, space, resource, 0);
      if (!verdict.valid()) {
        throw new LeaseException(
            verdict.code(),
            "resource area at " + disk.path() + ":" + offset + ": " + verdict.detail());
      }
      return LeaderRecord.decode(probe.store(), AreaLayout.LEADER);
    }
  }

  /**
   * Overwrites the area with a free lease, whatever was there. The caller makes sure that nobody
   * uses it.
   *
   * @param numHosts host blocks in use; 0 or too many = as many as fit
   */
  public void initialize(
      Geometry geometry, LeaseName space, LeaseName resource, long numHosts, long timeoutNanos)
      throws LeaseException {
    LeaseBuffer area = disk.buffer(geometry.alignSize());
    InitialImage.resource(area.store(), geometry, space, resource, numHosts);
    disk.write(offset, area, timeoutNanos);
  }

  /**
   * Overwrites the area so that it is no lease any more.
   *
   * @param now monotonic seconds, stored in the record
   */
  public void clear(
      Geometry geometry,
      LeaseName space,
      LeaseName resource,
      long numHosts,
      long now,
      long timeoutNanos)
      throws LeaseException {
    LeaseBuffer area = disk.buffer(geometry.alignSize());
    InitialImage.clearedResource(area.store(), geometry, space, resource, numHosts, now);
    disk.write(offset, area, timeoutNanos);
  }
}
