package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.LeaseLog;
import io.sanlockd.protocol.EventMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Who hears the events of one lockspace (protocol.md 10; lockspace.md 10). A receiver that does not
 * read misses events, which come again with every renewal of their sender, and after some it is
 * dropped. Main loop only.
 */
public final class EventChannels {
  /** Most receivers of a lockspace. */
  public static final int LIMIT = 32;

  /** Events in a row that a receiver may miss. */
  static final int MISSED_LIMIT = 10;

  /** Somebody who hears events. */
  public interface Receiver {
    /**
     * Takes a message as a whole or not at all; never waits.
     *
     * @return false when it was not taken
     */
    boolean send(ByteBuffer message);

    /** Whether it has gone away; looks now. */
    boolean ended();

    /** Closes it. */
    void close();
  }

  private final LeaseLog log;
  private final List<Channel> channels = new ArrayList<>();

  private static final class Channel {
    private final Receiver receiver;
    private int missed;

    Channel(Receiver receiver) {
      this.receiver = receiver;
    }
  }

  EventChannels(LeaseLog log) {
    this.log = log;
  }

  /** Whether there is room for one more, once those that have gone away are forgotten. */
  public boolean hasRoom() {
    if (channels.size() >= LIMIT) {
      forgetEnded();
    }
    return channels.size() < LIMIT;
  }

  /** One more receiver; there is room. */
  public void add(Receiver receiver) {
    channels.add(new Channel(receiver));
  }

  /** A receiver has gone away. */
  public void remove(Receiver receiver) {
    channels.removeIf(channel -> channel.receiver == receiver);
  }

  /** Forgets the receivers that have gone away or said that they are done. */
  public void forgetEnded() {
    for (Channel channel : List.copyOf(channels)) {
      if (channel.receiver.ended()) {
        channels.remove(channel);
      }
    }
  }

  /** Tells everybody. */
  void deliver(EventMessage event) {
    ByteBuffer message = ByteBuffer.allocate(EventMessage.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    event.encode(message);
    message.flip();
    for (Channel channel : List.copyOf(channels)) {
      if (channel.receiver.send(message)) {
        channel.missed = 0;
      } else if (++channel.missed >= MISSED_LIMIT) {
        log.error("event receiver dropped, it has missed " + channel.missed + " events");
        channels.remove(channel);
        channel.receiver.close();
      }
    }
  }

  /** The lockspace has ended. */
  void closeAll() {
    List<Channel> closing = List.copyOf(channels);
    channels.clear();
    closing.forEach(channel -> channel.receiver.close());
  }
}
