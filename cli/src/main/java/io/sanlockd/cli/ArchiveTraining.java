package io.sanlockd.cli;

import io.sanlockd.client.Endpoint;
import io.sanlockd.model.ConfigLine;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.PayloadFraming;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads what the frequent actions load, for the list of classes from which the archive of the
 * commands is made ({@code bin/sanlock-cds}). Needs no daemon: it talks to a stand-in inside this
 * JVM that answers everything with success.
 */
public final class ArchiveTraining {
  private static final Disk DISK = new Disk("/leases", 0);
  private static final LeaseName NAME = LeaseName.of("LS");
  private static final String STATE = "list=held flags=0";

  private ArchiveTraining() {}

  /** Runs the actions; prints nothing. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("sanlockd-training");
    Endpoint endpoint = Endpoint.ofRunDirectory(directory.toString());
    Path socket = Path.of(endpoint.socketPath());
    Thread daemon;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      daemon = new Thread(() -> serve(server), "stand-in");
      daemon.start();
      runActions(endpoint);
    }
    daemon.join();
    Files.delete(socket);
    Files.delete(directory);
  }

  private static void runActions(Endpoint endpoint) {
    List<String> actions =
        List.of(
            "help",
            "nonsense",
            "client version",
            "client status -D",
            "client status -o p",
            "client gets -h 1",
            "client host_status",
            "client inquire -p 1",
            "client inquire -p x",
            "client add_lockspace -s LS:1:/leases:1M",
            "client read -s LS:1:/leases:0",
            "client acquire -r LS:R:/leases:1M -p 1",
            "client release -r LS:R:/leases:1M -p 1",
            "client shutdown -w 1");
    for (String action : actions) {
      Out nowhere = new Out(OutputStream.nullOutputStream(), false);
      Invocation invocation =
          new Invocation(
              "sanlock",
              endpoint,
              new CommandConfig(ConfigLine.FILE),
              new SyslogJournal(),
              nowhere,
              nowhere);
      int unused = new Sanlock(invocation).run(action.split(" ", -1));
    }
  }

  private static void serve(ServerSocketChannel server) {
    try {
      while (true) {
        try (SocketChannel client = server.accept()) {
          answer(client);
        } catch (ProtocolException e) {
          throw new IllegalStateException("training request is malformed", e);
        }
      }
    } catch (AsynchronousCloseException e) {
      // The end of the training.
    } catch (IOException e) {
      throw new IllegalStateException("training connection failed", e);
    }
  }

  private static void answer(SocketChannel client) throws IOException, ProtocolException {
    ByteBuffer in = ByteBuffer.allocate(PayloadFraming.MAX_PAYLOAD);
    if (!receive(client, in, MessageHeader.LENGTH)) {
      return;
    }
    MessageHeader request = MessageHeader.decode(in.duplicate().flip());
    int received = -1;
    int required = 0;
    while (received < required) {
      received = required;
      if (!receive(client, in, MessageHeader.LENGTH + received)) {
        return;
      }
      ByteBuffer payload = in.duplicate().flip().position(MessageHeader.LENGTH);
      required = PayloadFraming.required(request, payload);
    }
    ByteBuffer reply = reply(request).flip();
    while (reply.hasRemaining()) {
      client.write(reply);
    }
  }

  private static boolean receive(SocketChannel client, ByteBuffer in, int length)
      throws IOException {
    in.limit(length);
    while (in.hasRemaining()) {
      if (client.read(in) < 0) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer reply(MessageHeader request) {
    ByteBuffer out = ByteBuffer.allocate(PayloadFraming.MAX_PAYLOAD);
    switch (Command.of(request.command()).orElse(Command.VERSION)) {
      case STATUS, HOST_STATUS -> {
        request.reply(0).encode(out);
        states(out);
      }
      case GET_LOCKSPACES -> {
        request.reply(0, 1, Lockspace.LENGTH).encode(out);
        new Lockspace(NAME, 1, 0, DISK).encode(out);
      }
      case READ_LOCKSPACE -> {
        request.reply(0, 10, Lockspace.LENGTH).encode(out);
        new Lockspace(NAME, 1, 0x110, DISK).encode(out);
      }
      case GET_HOSTS -> {
        request.reply(0, 1, Host.LENGTH).encode(out);
        new Host(1, 1, 1, 10, HostState.LIVE.number()).encode(out);
      }
      case INQUIRE -> request.reply(request.data2() == 0 ? -3 : 0).encode(out);
      default -> request.reply(0).encode(out);
    }
    return out;
  }

  private static void states(ByteBuffer out) {
    new StateRecord(StateRecord.DAEMON, 0, 0, NAME, STATE).encode(out);
    new StateRecord(StateRecord.CLIENT, 1, 0, NAME, STATE).encode(out);
    new StateRecord(StateRecord.LOCKSPACE, 0, 1, NAME, STATE).encode(out);
    new Lockspace(NAME, 1, 0, DISK).encode(out);
    new StateRecord(StateRecord.RESOURCE, 1, 1, NAME, STATE).encode(out);
    Resource.on(NAME, NAME, List.of(DISK)).encode(out);
    new StateRecord(StateRecord.HOST, 1, 1, LeaseName.EMPTY, STATE).encode(out);
  }
}
