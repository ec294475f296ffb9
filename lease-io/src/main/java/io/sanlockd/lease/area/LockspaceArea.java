package io.sanlockd.lease.area;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.FormatVersion;
import io.sanlockd.lease.format.InitialImage;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;

/**
 * A lockspace area on a disk.
 *
 * @param disk an open disk
 * @param offset start of the area in bytes
 */
public record LockspaceArea(LeaseDisk disk, long offset) {
  private static final int PROBE_LENGTH = 4096;

  /**
   * Finds the sizes in the first leader record.
   *
   * @throws LeaseException -223 no lockspace, -224 other format, -225 invalid sector size, -230
   *     invalid combination, or an I/O error
   */
  public Geometry detect(long timeoutNanos) throws LeaseException {
    try (LeaseBuffer probe = disk.read(offset, PROBE_LENGTH, timeoutNanos)) {
      LeaderRecord first = LeaderRecord.decode(probe.store(), 0);
      if (first.magic() != Magic.DELTA) {
        throw failure(ResultCode.LEADER_MAGIC, "wrong magic " + Integer.toHexString(first.magic()));
      }
      if (!FormatVersion.readableDelta(first.version())) {
        throw failure(ResultCode.LEADER_VERSION, FormatVersion.describeForeign(first.version()));
      }
      if (first.sectorSize() != 512 && first.sectorSize() != 4096) {
        throw failure(ResultCode.LEADER_SECTORSIZE, "sector_size " + first.sectorSize());
      }
      return first
          .geometry()
          .orElseThrow(
              () ->
                  failure(
                      ResultCode.ADDLS_SIZES,
                      "sector_size " + first.sectorSize() + " with flags " + first.flags()));
    }
  }

  /**
   * Reads the delta lease of one host.
   *
   * @param space expected lockspace name, empty = accept any
   * @return the verified record
   */
  public LeaderRecord readHost(Geometry geometry, LeaseName space, long hostId, long timeoutNanos)
      throws LeaseException {
    long at = offset + new AreaLayout(geometry).deltaLease(hostId);
    try (LeaseBuffer sector = disk.read(at, geometry.sectorSize(), timeoutNanos)) {
      LeaseName expected =
          space.isEmpty() ? LeaderRecord.decode(sector.store(), 0).spaceName() : space;
      LeaderCheck.Verdict verdict = LeaderCheck.delta(sector.store(), 0, expected);
      if (!verdict.valid()) {
        throw failure(verdict.code(), verdict.detail());
      }
      return LeaderRecord.decode(sector.store(), 0);
    }
  }

  /**
   * Overwrites the area with an empty lockspace, whatever was there. The caller makes sure that
   * nobody uses it.
   *
   * @param ioTimeout seconds, stored in every record
   */
  public void initialize(Geometry geometry, LeaseName space, int ioTimeout, long timeoutNanos)
      throws LeaseException {
    LeaseBuffer area = disk.buffer(geometry.alignSize());
    InitialImage.lockspace(area.store(), geometry, space, ioTimeout);
    disk.write(offset, area, timeoutNanos);
    LeaseBuffer first = disk.buffer(geometry.sectorSize());
    InitialImage.lockspaceRecord(geometry, space, ioTimeout).encode(first.store(), 0);
    disk.write(offset, first, timeoutNanos);
  }

  private LeaseException failure(ResultCode code, String detail) {
    return new LeaseException(
        code, "lockspace area at " + disk.path() + ":" + offset + ": " + detail);
  }
}
