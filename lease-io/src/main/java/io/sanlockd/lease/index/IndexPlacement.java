package io.sanlockd.lease.index;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.IndexHeader;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;

/**
 * Where the parts of an index lie on its device (rindex.md 1 to 3). All offsets in bytes from the
 * start of the device.
 *
 * @param offset start of the index area
 * @param geometry sizes of every area
 * @param maxResources number of usable entries, 1..{@link #limit}
 */
record IndexPlacement(long offset, Geometry geometry, int maxResources) {
  /** Name of the internal lease. */
  static final LeaseName LEASE_NAME = LeaseName.of("rindex_lease");

  private static final int DEFAULT_MAX_RESOURCES = 4096;

  /** How many entries fit. */
  static int limit(Geometry geometry) {
    return geometry.maxHosts() * (geometry.sectorSize() / IndexEntry.LENGTH);
  }

  /** The placement of an index to be formatted; 0 = the usual number, too many = as many as fit. */
  static IndexPlacement chosen(long offset, Geometry geometry, long maxResources) {
    long wanted = maxResources == 0 ? DEFAULT_MAX_RESOURCES : maxResources;
    return new IndexPlacement(offset, geometry, (int) Math.min(wanted, limit(geometry)));
  }

  /** The placement a header tells; empty sizes and numbers beyond the area were refused before. */
  static IndexPlacement of(IndexHeader header, Geometry geometry) {
    int entries = header.maxResources() == 0 ? limit(geometry) : header.maxResources();
    return new IndexPlacement(header.indexOffset(), geometry, entries);
  }

  long internalLease() {
    return offset + geometry.alignSize();
  }

  long leaseArea(int entry) {
    return offset + (2L + entry) * geometry.alignSize();
  }

  /** Place of an entry within the index area. */
  int entryInArea(int entry) {
    return geometry.sectorSize() + entry * IndexEntry.LENGTH;
  }

  /** Start of the sector, within the index area, that holds an entry. */
  int sectorInArea(int entry) {
    int at = entryInArea(entry);
    return at - at % geometry.sectorSize();
  }

  /**
   * Checks that an offset could be that of a lease area.
   *
   * @throws LeaseException -277
   */
  void checkAligned(long leaseOffset) throws LeaseException {
    if (leaseOffset % geometry.alignSize() != 0) {
      throw new LeaseException(
          ResultCode.RINDEX_OFFSET,
          "offset " + leaseOffset + " is not a multiple of " + geometry.alignSize());
    }
  }

  /**
   * The entry of a lease area.
   *
   * @throws LeaseException -277 when there is no lease area of this index at that offset
   */
  int entryOf(long leaseOffset) throws LeaseException {
    checkAligned(leaseOffset);
    long distance = leaseOffset - leaseArea(0);
    long entry = distance / geometry.alignSize();
    if (distance < 0 || distance % geometry.alignSize() != 0 || entry >= maxResources) {
      throw new LeaseException(
          ResultCode.RINDEX_OFFSET,
          "offset " + leaseOffset + " is none of the " + maxResources + " areas of the index");
    }
    return (int) entry;
  }
}
