package io.sanlockd.lease.index;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.FormatVersion;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.IndexHeader;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An index on its device: reads it and writes one sector at a time (rindex.md 5 to 11). Knows
 * nothing of who else might use it; create, delete and rebuild need the internal lease.
 */
public final class ResourceIndex {
  private static final int PROBE_LENGTH = 4096;
  private static final int ALIGN_FLAGS = 0xf;

  private final LeaseDisk disk;
  private final LeaseName space;
  private final IndexPlacement placement;
  private final long timeoutNanos;
  private final Cancellation stopped;
  private final WriteFence fence;

  private ResourceIndex(
      LeaseDisk disk,
      LeaseName space,
      IndexPlacement placement,
      long timeoutNanos,
      Cancellation stopped,
      WriteFence fence) {
    this.disk = disk;
    this.space = space;
    this.placement = placement;
    this.timeoutNanos = timeoutNanos;
    this.stopped = stopped;
    this.fence = fence;
  }

  /**
   * Writes an empty index and its internal lease over whatever is there. The caller makes sure that
   * nobody uses it. The lease areas behind are not touched.
   *
   * @param maxResources number of entries, unsigned; 0 = 4096, too many = as many as fit
   */
  public static void format(
      LeaseDisk disk,
      long offset,
      Geometry geometry,
      LeaseName space,
      long maxResources,
      long timeoutNanos)
      throws LeaseException {
    IndexPlacement placement = IndexPlacement.chosen(offset, geometry, maxResources);
    LeaseBuffer area = disk.buffer(geometry.alignSize());
    new IndexHeader(
            Magic.INDEX,
            FormatVersion.INDEX,
            geometry.alignSize() >> 20,
            geometry.sectorSize(),
            placement.maxResources(),
            0,
            offset,
            space)
        .encode(area.store(), 0);
    disk.write(offset, area, timeoutNanos);
    new ResourceArea(disk, placement.internalLease())
        .initialize(geometry, space, IndexPlacement.LEASE_NAME, 0, timeoutNanos);
  }

  /**
   * Reads and checks the header.
   *
   * @param stopped asked before every write: the lockspace fails, or the daemon stops
   * @param fence passed by every write
   * @throws LeaseException -274 no index, -275 version or sizes not usable, -276 of another
   *     lockspace, -277 of another offset, or an I/O error
   */
  public static ResourceIndex open(
      LeaseDisk disk,
      long offset,
      LeaseName space,
      long timeoutNanos,
      Cancellation stopped,
      WriteFence fence)
      throws LeaseException {
    IndexHeader header;
    try (LeaseBuffer probe = disk.read(offset, PROBE_LENGTH, timeoutNanos)) {
      header = IndexHeader.decode(probe.store(), 0);
    }
    String place = "resource index at " + disk.path() + ":" + offset + ": ";
    if (header.magic() != Magic.INDEX) {
      throw new LeaseException(
          ResultCode.RINDEX_MAGIC, place + "wrong magic " + Integer.toHexString(header.magic()));
    }
    if (!FormatVersion.sameMajor(header.version(), FormatVersion.INDEX)) {
      throw new LeaseException(
          ResultCode.RINDEX_VERSION,
          place + "wrong version " + Integer.toHexString(header.version()));
    }
    if (!header.lockspaceName().equals(space)) {
      throw new LeaseException(
          ResultCode.RINDEX_LOCKSPACE, place + "lockspace " + header.lockspaceName() + " " + space);
    }
    if (header.indexOffset() != offset) {
      throw new LeaseException(
          ResultCode.RINDEX_OFFSET, place + "offset in header is " + header.indexOffset());
    }
    Geometry geometry =
        sizes(header)
            .orElseThrow(
                () ->
                    new LeaseException(
                        ResultCode.RINDEX_VERSION,
                        place
                            + "unusable sizes: flags "
                            + header.flags()
                            + " sector_size "
                            + header.sectorSize()
                            + " max_resources "
                            + header.maxResources()));
    return new ResourceIndex(
        disk, space, IndexPlacement.of(header, geometry), timeoutNanos, stopped, fence);
  }

  private static Optional<Geometry> sizes(IndexHeader header) {
    int align = Integer.lowestOneBit(header.flags() & ALIGN_FLAGS);
    return Geometry.of(header.sectorSize(), align << 20)
        .filter(
            g -> header.maxResources() >= 0 && header.maxResources() <= IndexPlacement.limit(g));
  }

  LeaseDisk disk() {
    return disk;
  }

  IndexPlacement placement() {
    return placement;
  }

  /** Whether no write of ours to the index or its lease areas is in flight. */
  boolean settled() {
    return disk.settled(
        placement.offset(), placement.leaseArea(placement.maxResources()) - placement.offset());
  }

  IndexImage read() throws LeaseException {
    return new IndexImage(
        disk.read(placement.offset(), placement.geometry().alignSize(), timeoutNanos), placement);
  }

  /** Writes the sector that holds an entry, as it is in the image. */
  void writeEntry(IndexImage image, int number) throws LeaseException {
    write(
        () -> {
          LeaseBuffer sector = disk.buffer(placement.geometry().sectorSize());
          image.copySector(number, sector);
          disk.write(placement.offset() + placement.sectorInArea(number), sector, timeoutNanos);
        });
  }

  /** A write to the index or one of its areas. */
  @FunctionalInterface
  interface Write {
    /** Makes it. */
    void run() throws LeaseException;
  }

  /**
   * Makes a write, unless the lockspace fails: late it could undo what another host wrote.
   *
   * @throws LeaseException -28 or what the write throws
   */
  void write(Write write) throws LeaseException {
    checkGoingOn();
    if (!fence.enter()) {
      throw leftAlone();
    }
    try {
      write.run();
    } finally {
      fence.leave();
    }
  }

  /** Asked before every step. */
  void checkGoingOn() throws LeaseException {
    if (stopped.cancelled()) {
      throw leftAlone();
    }
  }

  private LeaseException leftAlone() {
    return new LeaseException(
        ResultCode.ENOSPC, "lockspace " + space + " fails, resource index left alone");
  }

  /**
   * Looks up by name, by offset, by both, or a free entry (rindex.md 9). The result may be outdated
   * when it arrives.
   *
   * @param name resource name, empty = not given
   * @param leaseOffset offset of a lease area, 0 = not given
   * @return -2 nothing found, -278 name and offset do not belong together
   * @throws LeaseException -277 no such area, or an I/O error
   */
  public IndexAnswer lookup(LeaseName name, long leaseOffset) throws LeaseException {
    if (leaseOffset == 0) {
      try (IndexImage image = read()) {
        OptionalInt number = name.isEmpty() ? image.firstFree(0) : image.find(name);
        return number.isEmpty()
            ? IndexAnswer.failed(ResultCode.ENOENT, "no such entry: " + name)
            : IndexAnswer.of(new IndexRow(name, placement.leaseArea(number.getAsInt())));
      }
    }
    int number = placement.entryOf(leaseOffset);
    try (IndexImage image = read()) {
      LeaseName found = image.entry(number).name();
      boolean same = name.isEmpty() || name.equals(found);
      return new IndexAnswer(
          same ? 0 : ResultCode.RINDEX_DIFF.number(),
          same ? "" : "entry of " + leaseOffset + " is " + found + ", not " + name,
          new IndexRow(found, leaseOffset));
    }
  }

  /**
   * Stores an entry, whatever it held before; for repair.
   *
   * @throws LeaseException -277 no such area, -22 name or offset missing, or an I/O error
   */
  public IndexRow put(LeaseName name, long leaseOffset) throws LeaseException {
    placement.checkAligned(leaseOffset);
    if (name.isEmpty() || leaseOffset == 0) {
      throw new LeaseException(ResultCode.EINVAL, "name and offset are needed");
    }
    int number = placement.entryOf(leaseOffset);
    replace(number, new IndexEntry(leaseOffset, 0, 0, name));
    return new IndexRow(name, leaseOffset);
  }

  /**
   * Frees an entry; for repair. The lease area is not touched.
   *
   * @throws LeaseException -22 offset missing, -277 no such area, or an I/O error
   */
  public IndexRow remove(long leaseOffset) throws LeaseException {
    if (leaseOffset == 0) {
      throw new LeaseException(ResultCode.EINVAL, "offset is needed");
    }
    replace(placement.entryOf(leaseOffset), IndexImage.FREE);
    return IndexRow.NONE;
  }

  private void replace(int number, IndexEntry entry) throws LeaseException {
    try (IndexImage image = read()) {
      image.entry(number, entry);
      writeEntry(image, number);
    }
  }
}
