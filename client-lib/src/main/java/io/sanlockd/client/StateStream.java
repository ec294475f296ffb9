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
    ByteBuffer fixed = connection.read(StateRecord.LENGTH);
    if (!fixed.hasRemaining()) {
      return null;
    }
    try {
      return state(fixed);
    } catch (ProtocolException e) {
      throw new TransportException(TransportException.SHORT_READ, e.getMessage(), e);
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
