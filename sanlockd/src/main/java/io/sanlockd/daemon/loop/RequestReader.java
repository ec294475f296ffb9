package io.sanlockd.daemon.loop;

import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** Cuts the bytes of one connection into headers and payloads. */
final class RequestReader {
  private final Input input;
  private final Framing framing;
  private final int maxPayloadBytes;
  private MessageHeader header;
  private int payloadBytes;
  private int discardBytes;
  private long discardUntilNanos;

  RequestReader(MemoryBudget budget, Framing framing, int maxPayloadBytes) {
    this.input = new Input(budget, maxPayloadBytes);
    this.framing = framing;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** Room for the next read: some spare bytes for a header, what is missing for a payload. */
  int wantedBytes() {
    int have = input.size();
    return header == null ? Input.SMALL_BYTES - have : payloadBytes - have;
  }

  boolean makeRoom(int bytes) {
    return input.makeRoom(bytes);
  }

  void append(ByteBuffer bytes) {
    input.append(bytes);
  }

  /** Whether bytes are here that belong to no finished request. */
  boolean hasLeftover() {
    return input.size() > payloadBytes;
  }

  void discard(int bytes, long untilNanos) {
    discardBytes = bytes;
    discardUntilNanos = untilNanos;
  }

  /** Whether the bytes of the next header are here, after those to be discarded. */
  boolean headerComplete(long nowNanos) {
    if (discardBytes > 0 && nowNanos - discardUntilNanos >= 0) {
      discardBytes = 0;
    }
    int discarded = Math.min(discardBytes, input.size());
    input.consume(discarded);
    discardBytes -= discarded;
    return discardBytes == 0 && input.size() >= MessageHeader.LENGTH;
  }

  /** Consumes the next header; false when it is none. */
  boolean takeHeader() {
    ByteBuffer bytes = input.view(MessageHeader.LENGTH);
    input.consume(MessageHeader.LENGTH);
    payloadBytes = 0;
    try {
      header = MessageHeader.decode(bytes);
      return true;
    } catch (ProtocolException e) {
      return false;
    }
  }

  /** Header of the current request; null between requests. */
  MessageHeader header() {
    return header;
  }

  /** Asks how long the payload is; false, and no payload, when it is longer than allowed. */
  boolean measurePayload() {
    int required = framing.required(header, input.view(input.size()));
    boolean allowed = required >= 0 && required <= maxPayloadBytes;
    payloadBytes = allowed ? required : 0;
    return allowed;
  }

  boolean payloadComplete() {
    return input.size() >= payloadBytes;
  }

  ByteBuffer payload() {
    return input.view(payloadBytes);
  }

  /** No more payload will come: what is here is all of it. */
  void cutPayload() {
    payloadBytes = input.size();
  }

  /** The request is over: its payload goes, the rest stays. */
  void finish() {
    input.consume(payloadBytes);
    input.shrink();
    payloadBytes = 0;
    header = null;
  }

  /** The header led nowhere: what follows it is a header. */
  void forgetHeader() {
    payloadBytes = 0;
    header = null;
  }

  void clear() {
    input.clear();
    forgetHeader();
    discardBytes = 0;
  }
}
