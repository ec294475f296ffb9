package io.sanlockd.lease.area;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.InitialImage;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        throw failure(verdict.code(), verdict.detail());
      }
      return LeaderRecord.decode(probe.store(), AreaLayout.LEADER);
    }
  }

  /**
   * Reads who holds the lease, from this disk alone.
   *
   * @param space lockspace name, required
   * @param resource resource name, required
   * @param wantedSizes API flags of the sizes the caller expects; what they leave open is as in the
   *     leader record
   * @throws LeaseException -22 sizes unknown or other than wanted, a verification code or an I/O
   *     error
   */
  public LeaseOwners readOwners(
      LeaseName space, LeaseName resource, int wantedSizes, long timeoutNanos)
      throws LeaseException {
    Geometry geometry = sizes(wantedSizes, timeoutNanos);
    LeaderRecord leader =
        readLeader(space, space.isEmpty() ? LeaseName.EMPTY : resource, timeoutNanos);
    if (space.isEmpty()) {
      throw failure(ResultCode.LEADER_LOCKSPACE, "no lockspace name given");
    }
    if (resource.isEmpty()) {
      throw failure(ResultCode.LEADER_RESOURCE, "no resource name given");
    }
    LeaderCheck.Verdict sizes = LeaderCheck.paxosSizes(leader);
    if (!sizes.valid()) {
      throw failure(sizes.code(), sizes.detail());
    }
    AreaLayout layout = new AreaLayout(geometry);
    try (LeaseBuffer image =
        disk.read(offset, layout.ballotLength(leader.numHosts()), timeoutNanos)) {
      return owners(LeaderRecord.decode(image.store(), AreaLayout.LEADER), image, layout);
    }
  }

  private Geometry sizes(int wanted, long timeoutNanos) throws LeaseException {
    try (LeaseBuffer probe = disk.read(offset, PROBE_LENGTH, timeoutNanos)) {
      Optional<Geometry> found = LeaderRecord.decode(probe.store(), AreaLayout.LEADER).geometry();
      if (found.isEmpty() || !found.get().agreesWith(wanted)) {
        throw failure(
            ResultCode.EINVAL, "sizes " + found + ", wanted flags " + Integer.toHexString(wanted));
      }
      return found.get();
    }
  }

  private static LeaseOwners owners(LeaderRecord leader, LeaseBuffer image, AreaLayout layout) {
    List<LeaseOwners.Owner> owners = new ArrayList<>();
    boolean owned = !leader.isFree() && leader.ownerId() != 0;
    if (owned) {
      owners.add(
          new LeaseOwners.Owner(leader.ownerId(), leader.ownerGeneration(), leader.timestamp()));
    }
    boolean shared = false;
    for (long hostId = 1; hostId <= leader.numHosts(); hostId++) {
      ModeBlock mode = HostBlock.decode(image.store(), layout.hostBlock(hostId)).mode();
      if (mode.isShared()) {
        shared = true;
        if (!owned || hostId != leader.ownerId()) {
          owners.add(new LeaseOwners.Owner(hostId, mode.generation(), 0));
        }
      }
    }
    return new LeaseOwners(leader, shared, List.copyOf(owners));
  }

  private LeaseException failure(ResultCode code, String detail) {
    return new LeaseException(
        code, "resource area at " + disk.path() + ":" + offset + ": " + detail);
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
