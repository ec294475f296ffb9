package io.sanlockd.daemon.loop;

import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;

/**
 * Knows how many payload bytes belong to a request. The header's length field does not tell ({@code
 * protocol.md} 4.2); some payloads describe themselves as they arrive.
 */
@FunctionalInterface
public interface Framing {
  /**
   * Called when the header was accepted and whenever more payload has arrived.
   *
   * @param header accepted header
   * @param payloadSoFar read-only, little endian, from position 0; may already contain bytes of the
   *     next request
   * @return payload bytes needed in total as far as known; the payload is complete when this is at
   *     most {@code payloadSoFar.remaining()}. Negative: more than is allowed, see {@link
   *     RequestHandler#tooLong}. For a payload that makes no sense the number of bytes looked at,
   *     so that the request is delivered and refused
   */
  int required(MessageHeader header, ByteBuffer payloadSoFar);
}
