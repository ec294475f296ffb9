package io.sanlockd.client;

import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateRecord;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads states until the daemon closes the connection (protocol.md 9). */
public final class StateStream {
  private final DaemonConnection connection;
  private boolean hasBegun;

  StateStream(DaemonConnection connection) {
    this.connection = connection;
  }

  /**
   * The next state.
   *
   * @return null at the end of the stream
   * @throws TransportException when the stream ends inside a state or is not one
   */
  public State next() throws TransportException {
    ByteBuffer fixed = first();
    if (!fixed.hasRemaining()) {
      return null;
    }
    hasBegun = true;
    try {
      return state(fixed);
    } catch (ProtocolException e) {
      throw new TransportException(TransportException.SHORT_READ, e.getMessage(), e);
    }
  }

  /**
   * The fixed part of a state. A daemon that keeps no renewal history closes the connection without
   * reading the request's payload, which the kernel reports as a reset: also an end (8.34).
   */
  private ByteBuffer first() throws TransportException {
    try {
      return connection.read(StateRecord.LENGTH);
    } catch (TransportException e) {
      if (hasBegun || e.number() != TransportException.CONNECTION_RESET) {
        throw e;
      }
      return ByteBuffer.allocate(0);
    }
  }

  private State state(ByteBuffer fixed) throws TransportException, ProtocolException {
    int textLength = StateRecord.textLength(fixed);
    ByteBuffer whole = ByteBuffer.allocate(StateRecord.LENGTH + textLength);
    whole.put(fixed).put(connection.require(textLength)).flip();
    StateRecord entry = StateRecord.decode(whole);
    return switch (entry.type()) {
      case StateRecord.LOCKSPACE ->
          new State(
              entry,
              Optional.of(Lockspace.decode(connection.require(Lockspace.LENGTH))),
              Optional.empty());
      case StateRecord.RESOURCE -> new State(entry, Optional.empty(), Optional.of(resource()));
      default -> new State(entry, Optional.empty(), Optional.empty());
    };
  }

  private Resource resource() throws TransportException, ProtocolException {
    ByteBuffer fixed = connection.require(Resource.LENGTH);
    Resource resource = Resource.decode(fixed.duplicate());
    if (!resource.hasUsableDiskCount()) {
      return resource;
    }
    ByteBuffer disks = connection.require(resource.numDisks() * Disk.LENGTH);
    ByteBuffer whole = ByteBuffer.allocate(fixed.remaining() + disks.remaining());
    return Resource.decodeWithDisks(whole.put(fixed).put(disks).flip());
  }
}
