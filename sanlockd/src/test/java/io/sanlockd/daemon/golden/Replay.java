package io.sanlockd.daemon.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.Reply;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.World;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.PayloadFraming;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Plays recorded requests to a daemon and compares its replies with the recorded ones. */
final class Replay {
  /** Longer than what recorded commands wait for. */
  static final int PATIENCE_SECONDS = 12;

  /** Pids of the recordings from here on are of no process. */
  private static final int NOBODY = 900_000;

  private final World world;

  Replay(World world) {
    this.world = world;
  }

  /**
   * Plays a connection of a recording: the daemon gives the recorded replies.
   *
   * @param pid stands for the process that the recording addresses
   */
  void play(String name, int connection, VirtualClient client, int pid) {
    Capture capture = Capture.read(name);
    int before = client.replies();
    send(capture.requests(connection), client, pid);
    world.time().advance(PATIENCE_SECONDS);
    StringBuilder ours = new StringBuilder();
    List<Reply> all = client.connection().replies();
    for (Reply reply : all.subList(before, all.size())) {
      ours.append(MaskedReply.of(bytes(reply)));
    }
    // After an error the recorded client often did not read what follows the header.
    assertThat(ours.toString()).as(name).startsWith(MaskedReply.of(capture.replies(connection)));
    assertThat(all.size() - before).as(name).isEqualTo(headers(capture.replies(connection)));
  }

  private static int headers(byte[] stream) {
    return (int) MaskedReply.of(stream).lines().filter(l -> l.startsWith("MessageHeader")).count();
  }

  /** A reply as it is sent. */
  static byte[] bytes(Reply reply) {
    ByteBuffer message =
        ByteBuffer.allocate(MessageHeader.LENGTH + reply.body().remaining())
            .order(ByteOrder.LITTLE_ENDIAN);
    reply.header().encode(message);
    return message.put(reply.body().duplicate()).array();
  }

  /** Sends the requests of a connection. */
  void send(byte[] stream, VirtualClient client, int pid) {
    ByteBuffer bytes = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (bytes.hasRemaining()) {
        MessageHeader recorded = MessageHeader.decode(bytes);
        int required = PayloadFraming.required(recorded, bytes.slice().order(bytes.order()));
        int sent = required < 0 ? PayloadFraming.surplus(recorded, 0) : required;
        byte[] payload = new byte[sent];
        bytes.get(payload);
        if (isAcquire(recorded)) {
          bytes.position(bytes.position() + PayloadFraming.surplus(recorded, sent));
        }
        client.connection().send(addressed(recorded, pid), payload);
        world.time().settle();
      }
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static boolean isAcquire(MessageHeader header) {
    return header.command() == Command.ACQUIRE.number()
        || header.command() == Command.ACQUIRE2.number();
  }

  /** Pids of the recording, other than those of nobody, become the one given. */
  private static MessageHeader addressed(MessageHeader header, int pid) {
    boolean forTarget =
        isAcquire(header)
            || header.command() == Command.RELEASE.number()
            || header.command() == Command.INQUIRE.number()
            || header.command() == Command.CONVERT.number();
    if (!forTarget || header.data2() <= 0 || header.data2() >= NOBODY) {
      return header;
    }
    return new MessageHeader(
        header.version(),
        header.command(),
        header.flags(),
        header.length(),
        header.sequence(),
        header.data(),
        pid);
  }
}
