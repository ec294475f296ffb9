package io.sanlockd.protocol;

import io.sanlockd.model.LeaseName;
import java.nio.ByteBuffer;

/**
 * A resource index, sanlk_rindex (3.8): flags u32 @0, max_resources u32 @4, unused u64 @8,
 * lockspace_name[48] @16, disk @64.
 *
 * @param flags size flags
 * @param maxResources number of entries, 0 for the default
 * @param lockspaceName name of the lockspace
 * @param disk where the index lies
 */
public record ResourceIndex(int flags, int maxResources, LeaseName lockspaceName, Disk disk) {
  /** Bytes on the wire. */
  public static final int LENGTH = 1104;

  private static final int FLAGS_AT = 0;
  private static final int MAX_RESOURCES_AT = 4;
  private static final int LOCKSPACE_NAME_AT = 16;
  private static final int DISK_AT = 64;

  /**
   * Reads 1104 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes or the path has no terminator
   */
  public static ResourceIndex decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "resource index");
    return new ResourceIndex(
        view.getInt(FLAGS_AT),
        view.getInt(MAX_RESOURCES_AT),
        Wire.name(view, LOCKSPACE_NAME_AT),
        Disk.decode(view.position(DISK_AT)));
  }

  /** Writes 1104 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    view.putInt(FLAGS_AT, flags);
    view.putInt(MAX_RESOURCES_AT, maxResources);
    Wire.putName(view, LOCKSPACE_NAME_AT, lockspaceName);
    disk.encode(view.position(DISK_AT));
  }
}
