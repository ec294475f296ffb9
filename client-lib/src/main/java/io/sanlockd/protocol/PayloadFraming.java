package io.sanlockd.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How many bytes a request has behind its header. The answer comes from the command, never from
 * {@code header.length}, because existing clients send wrong lengths (4.2). Pure functions.
 */
public final class PayloadFraming {
  /** Most payload bytes of any request: far above every real one, far below harm. */
  public static final int MAX_PAYLOAD = 1 << 20;

  /** Most resources of one ACQUIRE. */
  public static final int MAX_ACQUIRE_RESOURCES = 8;

  /** Most bytes of a lease value block. */
  public static final int MAX_VALUE_BLOCK = 4096;

  /**
   * The request announces more than is allowed: answer -7 (E2BIG), read nothing of the payload and
   * discard {@link #surplus}.
   */
  public static final int TOO_LARGE = -1;

  private static final int NUM_DISKS_AT = 124;

  private PayloadFraming() {}

  /**
   * The number of payload bytes the request needs, as far as the bytes so far tell. Call again with
   * more bytes until the answer is not above {@code payloadSoFar.remaining()}; it never shrinks as
   * bytes arrive. Bytes beyond the answer belong to the next request.
   *
   * <p>Where an ACQUIRE holds a resource with an unusable disk count the answer stops behind that
   * resource (its result is -34, the rest is {@link #surplus}).
   *
   * @param header of a command known to {@link Command#of}; others need 0
   * @param payloadSoFar the bytes behind the header from position to limit; not changed
   * @return 0..{@link #MAX_PAYLOAD}, or {@link #TOO_LARGE}
   */
  public static int required(MessageHeader header, ByteBuffer payloadSoFar) {
    Command command = Command.of(header.command()).orElse(null);
    if (command == null) {
      return 0;
    }
    return switch (command.payload()) {
      case RESOURCE_WITH_DISKS -> resourceWithDisks(payloadSoFar, 0);
      case ACQUIRE -> acquire(header, payloadSoFar);
      case RELEASE -> release(header);
      case VALUE_BLOCK -> valueBlock(header);
      default -> command.payload().fixedLength();
    };
  }

  /**
   * Bytes the sender announced in {@code header.length} beyond those {@code consumed}: to be
   * discarded when they arrive at once and the request is refused early (5.5), or for RELEASE of
   * all (4.2). Never wait for them.
   *
   * @return 0..{@link #MAX_PAYLOAD}
   */
  public static int surplus(MessageHeader header, int consumed) {
    long announced = (long) header.length() - MessageHeader.LENGTH - consumed;
    return (int) Math.max(0, Math.min(announced, MAX_PAYLOAD));
  }

  /**
   * Length of the value block a SET_LVB announces.
   *
   * @return negative when {@code header.length} has no room for the resource (answer -22); not
   *     bounded above
   */
  public static long valueBlockLength(MessageHeader header) {
    return (long) header.length() - MessageHeader.LENGTH - Resource.LENGTH;
  }

  private static int resourceWithDisks(ByteBuffer payload, int from) {
    int behindResource = from + Resource.LENGTH;
    if (payload.remaining() < behindResource) {
      return behindResource;
    }
    int numDisks = numDisks(payload, from);
    return isUsable(numDisks) ? behindResource + numDisks * Disk.LENGTH : behindResource;
  }

  private static int acquire(MessageHeader header, ByteBuffer payload) {
    if (Integer.compareUnsigned(header.data(), MAX_ACQUIRE_RESOURCES) > 0) {
      return TOO_LARGE;
    }
    int required = 0;
    for (int i = 0; i < header.data(); i++) {
      int from = required;
      required = resourceWithDisks(payload, from);
      if (payload.remaining() < required || !isUsable(numDisks(payload, from))) {
        return required;
      }
    }
    return required + Options.LENGTH;
  }

  private static int release(MessageHeader header) {
    if ((header.flags() & CommandFlags.RELEASE_ALL) != 0) {
      return 0;
    }
    if ((header.flags() & CommandFlags.RELEASE_ORPHAN) != 0) {
      return Resource.LENGTH;
    }
    if ((header.flags() & CommandFlags.RELEASE_RENAME) != 0) {
      return 2 * Resource.LENGTH;
    }
    long required = Integer.toUnsignedLong(header.data()) * Resource.LENGTH;
    return required > MAX_PAYLOAD ? TOO_LARGE : (int) required;
  }

  private static int valueBlock(MessageHeader header) {
    long length = valueBlockLength(header);
    if (length < 0) {
      return 0;
    }
    return length > MAX_VALUE_BLOCK ? TOO_LARGE : Resource.LENGTH + (int) length;
  }

  private static int numDisks(ByteBuffer payload, int resourceFrom) {
    int raw = payload.getInt(payload.position() + resourceFrom + NUM_DISKS_AT);
    return payload.order() == ByteOrder.LITTLE_ENDIAN ? raw : Integer.reverseBytes(raw);
  }

  private static boolean isUsable(int numDisks) {
    return numDisks >= 1 && numDisks <= Resource.MAX_DISKS;
  }
}
