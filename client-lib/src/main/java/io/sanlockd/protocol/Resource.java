package io.sanlockd.protocol;

import io.sanlockd.model.Check;
import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A lease, sanlk_resource (3.3): lockspace_name[48] @0, name[48] @48, lver u64 @96, data64 @104,
 * data32 @112, unused @116, flags @120, num_disks @124, then in some messages num_disks disks.
 *
 * @param lockspaceName name of the lockspace
 * @param name name of the resource
 * @param lver version, meaningful with {@link ResourceFlags#LVER} and in replies
 * @param data64 opaque
 * @param data32 number of hosts with {@link ResourceFlags#NUM_HOSTS}
 * @param flags {@link ResourceFlags}
 * @param numDisks the field as received; may be anything, see {@link #hasUsableDiskCount()}
 * @param disks the disks behind the structure; empty when the message carries none
 */
public record Resource(
    LeaseName lockspaceName,
    LeaseName name,
    long lver,
    long data64,
    int data32,
    int flags,
    int numDisks,
    List<Disk> disks) {
  /** Bytes on the wire without disks. */
  public static final int LENGTH = 128;

  /** Most disks a lease can have. */
  public static final int MAX_DISKS = 4;

  private static final int LOCKSPACE_NAME_AT = 0;
  private static final int NAME_AT = 48;
  private static final int LVER_AT = 96;
  private static final int DATA64_AT = 104;
  private static final int DATA32_AT = 112;
  private static final int FLAGS_AT = 120;
  private static final int NUM_DISKS_AT = 124;

  /** Checks that there are no disks, or as many as {@code numDisks} says. */
  public Resource {
    Check.argument(disks.isEmpty() || disks.size() == numDisks, "numDisks differs from disks");
    Check.argument(disks.size() <= MAX_DISKS, "more than 4 disks");
    disks = List.copyOf(disks);
  }

  /** Only the names: what release, convert and the value block commands look at. */
  public static Resource named(LeaseName lockspaceName, LeaseName name) {
    return new Resource(lockspaceName, name, 0, 0, 0, 0, 0, List.of());
  }

  /** A lease on disks, exclusive and of any version. */
  public static Resource on(LeaseName lockspaceName, LeaseName name, List<Disk> disks) {
    return new Resource(lockspaceName, name, 0, 0, 0, 0, disks.size(), disks);
  }

  /**
   * Reads the 128 bytes at the buffer's position, without disks.
   *
   * @throws ProtocolException when there are fewer bytes
   */
  public static Resource decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "resource");
    return new Resource(
        Wire.name(view, LOCKSPACE_NAME_AT),
        Wire.name(view, NAME_AT),
        view.getLong(LVER_AT),
        view.getLong(DATA64_AT),
        view.getInt(DATA32_AT),
        view.getInt(FLAGS_AT),
        view.getInt(NUM_DISKS_AT),
        List.of());
  }

  /**
   * Reads 128 bytes and the disks behind them. With an unusable disk count (0 or above 4) no disk
   * is read, as the C daemon does.
   *
   * @throws ProtocolException when there are fewer bytes or a path has no terminator
   */
  public static Resource decodeWithDisks(ByteBuffer source) throws ProtocolException {
    Resource resource = decode(source);
    if (!resource.hasUsableDiskCount()) {
      return resource;
    }
    List<Disk> disks = new ArrayList<>(resource.numDisks);
    for (int i = 0; i < resource.numDisks; i++) {
      disks.add(Disk.decode(source));
    }
    return resource.withDisks(disks);
  }

  /** Writes 128 bytes and the disks, {@link #encodedLength()} in all. */
  public void encode(ByteBuffer target) {
    encodeWithoutDisks(target);
    for (Disk disk : disks) {
      disk.encode(target);
    }
  }

  /** Writes the 128 bytes only; numDisks as it is. */
  public void encodeWithoutDisks(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    Wire.putName(view, LOCKSPACE_NAME_AT, lockspaceName);
    Wire.putName(view, NAME_AT, name);
    view.putLong(LVER_AT, lver);
    view.putLong(DATA64_AT, data64);
    view.putInt(DATA32_AT, data32);
    view.putInt(FLAGS_AT, flags);
    view.putInt(NUM_DISKS_AT, numDisks);
  }

  /** Bytes that {@link #encode} writes, 128..4288. */
  public int encodedLength() {
    return LENGTH + disks.size() * Disk.LENGTH;
  }

  /** Whether the disk count is 1..4; otherwise commands with disks answer -34 (ERANGE). */
  public boolean hasUsableDiskCount() {
    return numDisks >= 1 && numDisks <= MAX_DISKS;
  }

  /** Whether all these flag bits are set. */
  public boolean has(int flagBits) {
    return (flags & flagBits) == flagBits;
  }

  /** The same lease with other disks, counted anew. */
  public Resource withDisks(List<Disk> newDisks) {
    return new Resource(
        lockspaceName, name, lver, data64, data32, flags, newDisks.size(), newDisks);
  }

  /** The same lease with other flags. */
  public Resource withFlags(int newFlags) {
    return new Resource(lockspaceName, name, lver, data64, data32, newFlags, numDisks, disks);
  }

  /** The same lease with another version. */
  public Resource withLver(long newLver) {
    return new Resource(lockspaceName, name, newLver, data64, data32, flags, numDisks, disks);
  }

  /** The same lease with another data32 (the number of hosts). */
  public Resource withData32(int newData32) {
    return new Resource(lockspaceName, name, lver, data64, newData32, flags, numDisks, disks);
  }
}
