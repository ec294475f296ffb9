package io.sanlockd.model;

import java.util.Optional;

/**
 * Sector size and align size of a lease area, and the number of hosts it has room for. Only these
 * five combinations exist (disk-format.md 2).
 */
public enum Geometry {
  /** 512-byte sectors, areas of 1 MiB, 2000 hosts. */
  S512_A1M(512, 1, 2000),
  /** 4096-byte sectors, areas of 1 MiB, 250 hosts. */
  S4096_A1M(4096, 1, 250),
  /** 4096-byte sectors, areas of 2 MiB, 500 hosts. */
  S4096_A2M(4096, 2, 500),
  /** 4096-byte sectors, areas of 4 MiB, 1000 hosts. */
  S4096_A4M(4096, 4, 1000),
  /** 4096-byte sectors, areas of 8 MiB, 2000 hosts. */
  S4096_A8M(4096, 8, 2000);

  /** Bits of the align size in leader records and in API flags. */
  public static final int ALIGN_FLAGS = 0x0f0;

  /** Bits of the sector size in API flags. */
  public static final int SECTOR_FLAGS = 0x300;

  private static final int FLAG_SECTOR_512 = 0x100;
  private static final int FLAG_SECTOR_4K = 0x200;

  private final int sectorSize;
  private final int alignMebibytes;
  private final int maxHosts;

  Geometry(int sectorSize, int alignMebibytes, int maxHosts) {
    this.sectorSize = sectorSize;
    this.alignMebibytes = alignMebibytes;
    this.maxHosts = maxHosts;
  }

  /** Lease sector size in bytes, 512 or 4096. */
  public int sectorSize() {
    return sectorSize;
  }

  /** Length of a lease area in bytes. */
  public int alignSize() {
    return alignMebibytes << 20;
  }

  /** Highest host_id, 250..2000. */
  public int maxHosts() {
    return maxHosts;
  }

  /** The align flag of this geometry, one of 0x10, 0x20, 0x40, 0x80. */
  public int alignFlag() {
    return alignMebibytes << 4;
  }

  /** Sector and align flag as used in lockspace, resource and rindex flags of the API. */
  public int apiFlags() {
    return alignFlag() | (sectorSize == 512 ? FLAG_SECTOR_512 : FLAG_SECTOR_4K);
  }

  /**
   * The geometry of a sector and an align size.
   *
   * @return empty when the combination does not exist
   */
  public static Optional<Geometry> of(int sectorSize, int alignSize) {
    for (Geometry geometry : values()) {
      if (geometry.sectorSize == sectorSize && geometry.alignSize() == alignSize) {
        return Optional.of(geometry);
      }
    }
    return Optional.empty();
  }

  /**
   * The geometry recorded in a leader record. Without an align flag the rule from before these
   * flags holds: 512 means 1 MiB, 4096 means 8 MiB. Of several flags the smallest wins.
   *
   * @param sectorSize the sector_size field
   * @param leaderFlags the flags field
   * @return empty when the combination does not exist
   */
  public static Optional<Geometry> ofLeader(int sectorSize, int leaderFlags) {
    int alignFlag = Integer.lowestOneBit(leaderFlags & ALIGN_FLAGS);
    if (alignFlag == 0) {
      return ofSectorSize(sectorSize);
    }
    return of(sectorSize, alignFlag << 16);
  }

  /** The historical default for a sector size: 512 with 1 MiB, 4096 with 8 MiB. */
  public static Optional<Geometry> ofSectorSize(int sectorSize) {
    return switch (sectorSize) {
      case 512 -> Optional.of(S512_A1M);
      case 4096 -> Optional.of(S4096_A8M);
      default -> Optional.empty();
    };
  }

  /**
   * Whether every size that API flags name is ours; of several bits of a kind the smallest counts.
   */
  public boolean agreesWith(int apiFlags) {
    int align = Integer.lowestOneBit(apiFlags & ALIGN_FLAGS);
    int sector = Integer.lowestOneBit(apiFlags & SECTOR_FLAGS);
    return (align == 0 || align == alignFlag())
        && (sector == 0 || (apiFlags() & SECTOR_FLAGS) == sector);
  }

  /** Whether API flags name no size at all, so that defaults apply. */
  public static boolean isUnset(int apiFlags) {
    return (apiFlags & (ALIGN_FLAGS | SECTOR_FLAGS)) == 0;
  }

  /**
   * The geometry asked for by API flags; of several bits of a kind the smallest size wins.
   *
   * @return empty when only one kind is given or the combination does not exist
   */
  public static Optional<Geometry> ofApiFlags(int apiFlags) {
    int alignFlag = Integer.lowestOneBit(apiFlags & ALIGN_FLAGS);
    int sectorFlag = Integer.lowestOneBit(apiFlags & SECTOR_FLAGS);
    if (alignFlag == 0 || sectorFlag == 0) {
      return Optional.empty();
    }
    return of(sectorFlag == FLAG_SECTOR_512 ? 512 : 4096, alignFlag << 16);
  }
}
