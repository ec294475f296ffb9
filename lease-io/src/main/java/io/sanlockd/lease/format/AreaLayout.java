package io.sanlockd.lease.format;

import io.sanlockd.model.Check;
import io.sanlockd.model.Geometry;

/**
 * Where things lie inside a lease area, in bytes from its start (disk-format.md 5, 6, 9).
 *
 * @param geometry sizes of the area
 */
public record AreaLayout(Geometry geometry) {
  /** Offset of the leader record of a resource. */
  public static final int LEADER = 0;

  private static final int FIRST_HOST_SECTOR = 2;
  private static final int VALUE_BLOCK_SECTOR = 2002;

  /** Offset of the delta lease of {@code hostId} in a lockspace area. */
  public long deltaLease(long hostId) {
    checkHostId(hostId);
    return (hostId - 1) * geometry.sectorSize();
  }

  /** Offset of the request record of a resource. */
  public long request() {
    return geometry.sectorSize();
  }

  /** Offset of the host block of {@code hostId} in a resource area. */
  public long hostBlock(long hostId) {
    checkHostId(hostId);
    return (FIRST_HOST_SECTOR + hostId - 1) * geometry.sectorSize();
  }

  /** Bytes from the start of a resource area to the end of the block of host {@code numHosts}. */
  public int ballotLength(long numHosts) {
    checkHostId(numHosts);
    return Math.toIntExact((FIRST_HOST_SECTOR + numHosts) * geometry.sectorSize());
  }

  /** Offset of the lock value block. */
  public long valueBlock() {
    Check.state(hasValueBlock(), "no room for a value block in " + geometry);
    return (long) VALUE_BLOCK_SECTOR * geometry.sectorSize();
  }

  /**
   * Whether the lock value block lies inside the area. With the three smaller 4096-byte geometries
   * its fixed place belongs to another lease, and it must not be used.
   */
  public boolean hasValueBlock() {
    return (long) (VALUE_BLOCK_SECTOR + 1) * geometry.sectorSize() <= geometry.alignSize();
  }

  private void checkHostId(long hostId) {
    // Not through Check: this runs for every host of every area read, and the message costs more
    // than all the rest.
    if (hostId < 1 || hostId > geometry.maxHosts()) {
      throw new IllegalArgumentException(
          "host_id " + hostId + " is not in 1.." + geometry.maxHosts());
    }
  }
}
