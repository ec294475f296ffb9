package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * A host of a lockspace or an owner of a lease, sanlk_host (3.6): host_id u64 @0, generation
 * u64 @8, timestamp u64 @16, io_timeout u32 @24, flags u32 @28.
 *
 * @param hostId host_id
 * @param generation how often the host_id was taken
 * @param timestamp seconds on the owner's monotonic clock; 0 is free (or a shared owner)
 * @param ioTimeoutSeconds the host's io_timeout
 * @param flags {@link HostState} in bits 0 to 3
 */
public record Host(long hostId, long generation, long timestamp, int ioTimeoutSeconds, int flags) {
  /** Bytes on the wire. */
  public static final int LENGTH = 32;

  private static final int HOST_ID_AT = 0;
  private static final int GENERATION_AT = 8;
  private static final int TIMESTAMP_AT = 16;
  private static final int IO_TIMEOUT_AT = 24;
  private static final int FLAGS_AT = 28;

  /**
   * Reads 32 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes
   */
  public static Host decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "host");
    return new Host(
        view.getLong(HOST_ID_AT),
        view.getLong(GENERATION_AT),
        view.getLong(TIMESTAMP_AT),
        view.getInt(IO_TIMEOUT_AT),
        view.getInt(FLAGS_AT));
  }

  /** Writes 32 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    view.putLong(HOST_ID_AT, hostId);
    view.putLong(GENERATION_AT, generation);
    view.putLong(TIMESTAMP_AT, timestamp);
    view.putInt(IO_TIMEOUT_AT, ioTimeoutSeconds);
    view.putInt(FLAGS_AT, flags);
  }

  /** The state in the low bits of the flags. */
  public HostState state() {
    return HostState.of(flags);
  }
}
