package io.sanlockd.client;

import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;

/**
 * What came back.
 *
 * @param result the daemon's result, or the C library's number for a broken connection: a negative
 *     errno, -1 when the stream ended early
 * @param data2 second result: a count, a version, an io_timeout
 * @param version of the protocol, from the header; 0 without a reply
 * @param payload what followed the header and was read, position 0 to limit; empty on most errors
 */
public record Reply(int result, int data2, int version, ByteBuffer payload) {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  static Reply failed(int number) {
    return new Reply(number, 0, 0, NOTHING);
  }

  static Reply of(MessageHeader header, ByteBuffer payload) {
    return new Reply(header.data(), header.data2(), header.version(), payload);
  }

  static Reply of(MessageHeader header) {
    return of(header, NOTHING);
  }
}
