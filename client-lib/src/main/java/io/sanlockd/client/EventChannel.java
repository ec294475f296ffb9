package io.sanlockd.client;

import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Receives the events that other hosts send to this one in a lockspace. The same event arrives with
 * every renewal of its sender while it is set (protocol.md 10.2). One thread at a time; but {@link
 * #end} and {@link #close} may come from another thread and end a waiting {@link #next}.
 */
public final class EventChannel implements Closeable {
  private static final int END_MARK = 1;

  private final SanlockClient client;
  private final LeaseName lockspace;
  private final JdkTransport transport;
  private final ByteBuffer record = ByteBuffer.allocate(EventMessage.LENGTH);

  private EventChannel(SanlockClient client, LeaseName lockspace, JdkTransport transport) {
    this.client = client;
    this.lockspace = lockspace;
    this.transport = transport;
  }

  static EventChannel open(SanlockClient client, LeaseName lockspace) throws SanlockException {
    try {
      JdkTransport transport = JdkTransport.connect(client.endpoint());
      EventChannel channel = new EventChannel(client, lockspace, transport);
      int result = channel.register();
      if (result < 0) {
        channel.close();
        throw new SanlockException(result, Command.REG_EVENT);
      }
      return channel;
    } catch (TransportException e) {
      throw new SanlockException(e.number(), Command.REG_EVENT);
    }
  }

  private int register() {
    Request request =
        Requests.event(Command.REG_EVENT, Lockspace.named(lockspace), HostEvent.NONE, 0);
    try {
      transport.send(request.message());
      ByteBuffer reply = ByteBuffer.allocate(MessageHeader.LENGTH);
      fill(reply);
      return MessageHeader.decode(reply.flip()).data();
    } catch (TransportException e) {
      return e.number();
    } catch (ProtocolException e) {
      return TransportException.SHORT_READ;
    }
  }

  /**
   * Waits for the next event, at most the client's read timeout. What has come of an event until
   * then is not lost.
   *
   * @throws SanlockException -110 when none arrived in time, -1 when the lockspace ended
   */
  public EventMessage next() throws SanlockException {
    try {
      fill(record);
      return EventMessage.decode(record.flip());
    } catch (TransportException e) {
      throw new SanlockException(e.number(), Command.REG_EVENT);
    } catch (ProtocolException e) {
      throw new SanlockException(TransportException.SHORT_READ, Command.REG_EVENT);
    } finally {
      if (!record.hasRemaining()) {
        record.clear();
      }
    }
  }

  /** Tells the daemon that the channel ends, and closes it. */
  public void end() throws SanlockException {
    ByteBuffer mark = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try {
      transport.send(mark.putInt(END_MARK).flip());
    } catch (TransportException e) {
      throw new SanlockException(e.number(), Command.END_EVENT);
    } finally {
      close();
    }
    Reply unused =
        client.call(Requests.lockspace(Command.END_EVENT, Lockspace.named(lockspace), 0));
  }

  private void fill(ByteBuffer bytes) throws TransportException {
    while (bytes.hasRemaining()) {
      if (transport.receive(bytes) < 0) {
        throw new TransportException(
            TransportException.SHORT_READ, "the daemon closed the event channel", null);
      }
    }
  }

  /** Closes the channel; the daemon notices late. */
  @Override
  public void close() {
    transport.close();
  }
}
