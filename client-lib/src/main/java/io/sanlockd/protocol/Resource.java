package io.sanlockd.protocol;

import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A resource lease (protocol.md 3.3). The disks follow the fixed part only where the command says
 * so, and then there are {@code numDisks} of them.
 *
 * @param lockspaceName lockspace
 * @param name resource
 * @param lver lease version
 * @param data64 unused
 * @param data32 new num_hosts, with flag NUM_HOSTS
 * @param unused unused
 * @param flags see {@link Flags}
 * @param numDisks as sent; not to be trusted before it was checked to be 1..4
 * @param disks as far as they were sent
 */
public record Resource(
    LeaseName lockspaceName,
    LeaseName name,
    long lver,
    long data64,
    int data32,
    int unused,
    int flags,
    int numDisks,
    List<Disk> disks) {
  /** Length of the fixed part in bytes. */
  public static final int LENGTH = 128;

  /** Most disks a lease can have. */
  public static final int MAX_DISKS = 4;

  /** Bit values of {@link #flags()}. Sector and align sizes are in {@code Geometry}. */
  public static final class Flags {
    /** Only this version: the lver field counts. */
    public static final int LVER = 0x1;

    /** Store a new num_hosts: the data32 field counts. */
    public static final int NUM_HOSTS = 0x2;

    /** Shared instead of exclusive. */
    public static final int SHARED = 0x4;

    /** Keep the lease when the process ends. */
    public static final int PERSISTENT = 0x8;

    private Flags() {}
  }

  /** Offset of num_disks in the fixed part. */
  static final int NUM_DISKS_OFFSET = 124;

  /** A lease with its disks and nothing special. */
  public static Resource of(LeaseName lockspace, LeaseName name, int flags, List<Disk> disks) {
    return new Resource(lockspace, name, 0, 0, 0, 0, flags, disks.size(), List.copyOf(disks));
  }

  /** Whether the number of disks is one that a lease can have. */
  public boolean validDiskCount() {
    return numDisks >= 1 && numDisks <= MAX_DISKS;
  }

  /** Decodes the fixed part at the buffer's position and moves it. */
  public static Resource decode(ByteBuffer buffer) {
    return new Resource(
        WireFields.name(buffer),
        WireFields.name(buffer),
        buffer.getLong(),
        buffer.getLong(),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        List.of());
  }

  /** Decodes fixed part and disks; none when their number is invalid. */
  public static Resource decodeWithDisks(ByteBuffer buffer) {
    Resource fixed = decode(buffer);
    if (!fixed.validDiskCount()) {
      return fixed;
    }
    List<Disk> disks = new ArrayList<>(fixed.numDisks);
    for (int i = 0; i < fixed.numDisks; i++) {
      disks.add(Disk.decode(buffer));
    }
    return fixed.withDisks(disks);
  }

  /** Encodes the fixed part at the buffer's position and moves it. */
  public void encode(ByteBuffer buffer) {
    WireFields.name(buffer, lockspaceName);
    WireFields.name(buffer, name);
    buffer.putLong(lver).putLong(data64);
    buffer.putInt(data32).putInt(unused).putInt(flags).putInt(numDisks);
  }

  /** Encodes fixed part and disks. */
  public void encodeWithDisks(ByteBuffer buffer) {
    encode(buffer);
    disks.forEach(disk -> disk.encode(buffer));
  }

  private Resource withDisks(List<Disk> newDisks) {
    return new Resource(
        lockspaceName, name, lver, data64, data32, unused, flags, numDisks, List.copyOf(newDisks));
  }

  /** The same lease as found on disk: names, version and sizes; wrong sizes are replaced. */
  public Resource found(LeaseName space, LeaseName resource, long version, int sizeFlags) {
    int otherFlags = flags & ~(Geometry.ALIGN_FLAGS | Geometry.SECTOR_FLAGS);
    return new Resource(
        space, resource, version, data64, data32, unused, otherFlags | sizeFlags, numDisks, disks);
  }
}
