package io.sanlockd.protocol;

import java.nio.ByteBuffer;

/**
 * What the daemon pushes into an event channel, event_cb (3.11): header (cmd 1, length 80, all else
 * 0) @0, host event @32, from_host_id u64 @64, from_generation u64 @72.
 *
 * @param event the event as its sender wrote it, addressed to this host
 * @param fromHostId the sender
 * @param fromGeneration the sender's generation
 */
public record EventMessage(HostEvent event, long fromHostId, long fromGeneration) {
  /** Bytes on the wire. */
  public static final int LENGTH = 80;

  private static final int EVENT_COMMAND = 1;
  private static final int EVENT_AT = 32;
  private static final int FROM_HOST_ID_AT = 64;
  private static final int FROM_GENERATION_AT = 72;

  /**
   * Reads 80 bytes at the buffer's position.
   *
   * @throws ProtocolException when there are fewer bytes or the header is not one of an event
   */
  public static EventMessage decode(ByteBuffer source) throws ProtocolException {
    ByteBuffer view = Wire.take(source, LENGTH, "event message");
    MessageHeader header = MessageHeader.decode(view);
    if (header.command() != EVENT_COMMAND || header.length() != LENGTH) {
      throw new ProtocolException("not an event message: cmd " + header.command());
    }
    return new EventMessage(
        HostEvent.decode(view.position(EVENT_AT)),
        view.getLong(FROM_HOST_ID_AT),
        view.getLong(FROM_GENERATION_AT));
  }

  /** Writes 80 bytes at the buffer's position. */
  public void encode(ByteBuffer target) {
    ByteBuffer view = Wire.room(target, LENGTH);
    new MessageHeader(MessageHeader.VERSION, EVENT_COMMAND, 0, LENGTH, 0, 0, 0).encode(view);
    event.encode(view);
    view.putLong(FROM_HOST_ID_AT, fromHostId);
    view.putLong(FROM_GENERATION_AT, fromGeneration);
  }
}
