package io.sanlockd.client;

import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import java.nio.ByteBuffer;

/**
 * One connection to the daemon: sends a request, reads the reply with as much payload as its kind
 * has. One thread at a time.
 */
public final class DaemonConnection implements RequestChannel {
  private static final int BUFFER_LENGTH = 8192;

  /** Far above every reply that has a length: log dumps and host lists are 1 MiB at most. */
  private static final int MAX_REPLY = 64 << 20;

  private final Transport transport;
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER_LENGTH).flip();

  private DaemonConnection(Transport transport) {
    this.transport = transport;
  }

  /**
   * Connects with the JDK alone.
   *
   * @throws TransportException with a negative errno
   */
  public static DaemonConnection open(Endpoint endpoint) throws TransportException {
    return new DaemonConnection(JdkTransport.connect(endpoint));
  }

  /** Takes over a connection made by {@link NativeTransport}. */
  public static DaemonConnection over(NativeTransport transport) {
    return new DaemonConnection(transport);
  }

  /**
   * Sends a request that has no reply: REGISTER, SHUTDOWN.
   *
   * @return 0 or a negative errno
   */
  @Override
  public int send(Request request) {
    try {
      transport.send(request.message());
      return 0;
    } catch (TransportException e) {
      return e.number();
    }
  }

  /**
   * Sends a request and reads the reply. For the stream commands (STATUS, HOST_STATUS, RENEWAL) the
   * states remain to be read with {@link #states()}. Payload that the daemon sends behind an error
   * result is left unread, so send nothing more on this connection after an error of a command
   * whose reply has a payload.
   */
  @Override
  public Reply exchange(Request request) {
    try {
      transport.send(request.message());
      return reply(request.command());
    } catch (TransportException e) {
      return Reply.failed(e.number());
    }
  }

  /** The states that follow the reply to a stream command. */
  public StateStream states() {
    return new StateStream(this);
  }

  private Reply reply(Command command) throws TransportException {
    MessageHeader header;
    try {
      header = MessageHeader.decode(require(MessageHeader.LENGTH));
    } catch (ProtocolException e) {
      throw new TransportException(TransportException.SHORT_READ, e.getMessage(), e);
    }
    return switch (command) {
      case ACQUIRE2, INQUIRE -> withPayload(header, announced(header));
      case LOG_DUMP, GET_LOCKSPACES -> untilEnd(header, command);
      case GET_LVB -> onSuccess(header, announced(header));
      case READ_LOCKSPACE -> onSuccess(header, Lockspace.LENGTH);
      case READ_RESOURCE -> onSuccess(header, Resource.LENGTH);
      case READ_RESOURCE_OWNERS -> onSuccess(header, Resource.LENGTH + hosts(header));
      case GET_HOSTS -> onSuccess(header, hosts(header));
      case UPDATE_RINDEX, LOOKUP_RINDEX, CREATE_RESOURCE, DELETE_RESOURCE ->
          onSuccess(header, IndexEntry.LENGTH);
      default -> Reply.of(header);
    };
  }

  private static long announced(MessageHeader header) {
    return (long) header.length() - MessageHeader.LENGTH;
  }

  private static long hosts(MessageHeader header) {
    return Integer.toUnsignedLong(header.data2()) * Host.LENGTH;
  }

  private Reply onSuccess(MessageHeader header, long length) throws TransportException {
    return header.data() < 0 ? Reply.of(header) : withPayload(header, length);
  }

  private Reply withPayload(MessageHeader header, long length) throws TransportException {
    return length <= 0 ? Reply.of(header) : Reply.of(header, require(bounded(length)));
  }

  /** Payload of which less may arrive than was said; the caller sees it at its length. */
  private Reply untilEnd(MessageHeader header, Command command) throws TransportException {
    long length =
        command == Command.LOG_DUMP
            ? header.data()
            : Integer.toUnsignedLong(header.data2()) * Lockspace.LENGTH;
    return length <= 0 ? Reply.of(header) : Reply.of(header, read(bounded(length)));
  }

  private static int bounded(long length) throws TransportException {
    if (length > MAX_REPLY) {
      throw new TransportException(
          TransportException.SHORT_READ, "reply of " + length + " bytes", null);
    }
    return (int) length;
  }

  /** Exactly that many bytes. */
  ByteBuffer require(int length) throws TransportException {
    ByteBuffer bytes = read(length);
    if (bytes.remaining() < length) {
      throw new TransportException(
          TransportException.SHORT_READ, "the daemon closed the connection", null);
    }
    return bytes;
  }

  /** Up to that many bytes, fewer only at the end of the stream. */
  ByteBuffer read(int length) throws TransportException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (!in.hasRemaining() && !fill()) {
        break;
      }
      int count = Math.min(in.remaining(), bytes.remaining());
      bytes.put(bytes.position(), in, in.position(), count);
      bytes.position(bytes.position() + count);
      in.position(in.position() + count);
    }
    return bytes.flip();
  }

  private boolean fill() throws TransportException {
    in.clear();
    int count;
    try {
      count = transport.receive(in);
    } finally {
      in.flip();
    }
    return count > 0;
  }

  @Override
  public void close() {
    transport.close();
  }
}
