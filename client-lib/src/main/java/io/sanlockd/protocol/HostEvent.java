package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * An event for a host, sanlk_host_event (3.7): host_id u64 @0, generation u64 @8, event u64 @16,
 * data u64 @24.
 *
 * @param hostId whom it is for
 * @param generation of that host
 * @param event event bits; 0 is never delivered
 * @param data opaque
 */
public record HostEvent(long hostId, long generation, long event, long data) {
  /** Bytes on the wire. */
  public static final int LENGTH = 32;

  /** All zero. */
  public static final HostEvent NONE = new HostEvent(0, 0, 0, 0);

  private static final int HOST_ID_AT = 0;
  private static final int GENERATION_AT = 8;
  private static final int EVENT_AT = 16;
  private static final int DATA_AT = 24;

  /**
   * Reads 32 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes
   */
  public static HostEvent decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "host event");
    return new HostEvent(
        view.getLong(HOST_ID_AT),
        view.getLong(GENERATION_AT),
        view.getLong(EVENT_AT),
        view.getLong(DATA_AT));
  }

  /** Writes 32 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    view.putLong(HOST_ID_AT, hostId);
    view.putLong(GENERATION_AT, generation);
    view.putLong(EVENT_AT, event);
    view.putLong(DATA_AT, data);
  }
}
