package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;

/**
 * A lockspace and our place in it, sanlk_lockspace (3.4): name[48] @0, host_id u64 @48, flags
 * u32 @56, padding @60, host_id_disk @64.
 *
 * @param name name of the lockspace
 * @param hostId host_id, unsigned; 0 often means "any"
 * @param flags {@link LockspaceFlags} and size flags
 * @param disk where its lease area lies
 */
public record Lockspace(LeaseName name, long hostId, int flags, Disk disk) {
  /** Bytes on the wire. */
  public static final int LENGTH = 1104;

  /** No name, host_id 0, no disk. */
  public static final Lockspace NONE = new Lockspace(LeaseName.EMPTY, 0, 0, Disk.NONE);

  private static final int NAME_AT = 0;
  private static final int HOST_ID_AT = 48;
  private static final int FLAGS_AT = 56;
  private static final int DISK_AT = 64;

  /** Only the name, for commands that look at nothing else. */
  public static Lockspace named(LeaseName name) {
    return new Lockspace(name, 0, 0, Disk.NONE);
  }

  /**
   * Reads 1104 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes or the path has no terminator
   */
  public static Lockspace decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "lockspace");
    return decode(view, Disk.decode(view.position(DISK_AT)));
  }

  /**
   * Reads 1104 bytes for a command that looks up a lockspace by its name: what stands in place of
   * the disk means nothing and may be anything.
   *
   * @throws ProtocolException when there are fewer bytes
   */
  public static Lockspace decodeWithoutDisk(ByteBuffer source) throws ProtocolException {
    return decode(Wire.take(source, LENGTH, "lockspace"), Disk.NONE);
  }

  private static Lockspace decode(ByteBuffer view, Disk disk) {
    return new Lockspace(
        Wire.name(view, NAME_AT), view.getLong(HOST_ID_AT), view.getInt(FLAGS_AT), disk);
  }

  /** Writes 1104 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    Wire.putName(view, NAME_AT, name);
    view.putLong(HOST_ID_AT, hostId);
    view.putInt(FLAGS_AT, flags);
    disk.encode(view.position(DISK_AT));
  }

  /** The same lockspace with other flags. */
  public Lockspace withFlags(int newFlags) {
    return new Lockspace(name, hostId, newFlags, disk);
  }

  /** The same lockspace with another host_id. */
  public Lockspace withHostId(long newHostId) {
    return new Lockspace(name, newHostId, flags, disk);
  }
}
