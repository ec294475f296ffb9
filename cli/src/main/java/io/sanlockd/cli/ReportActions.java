package io.sanlockd.cli;

import io.sanlockd.client.DaemonConnection;
import io.sanlockd.client.Reply;
import io.sanlockd.client.Request;
import io.sanlockd.client.Requests;
import io.sanlockd.client.State;
import io.sanlockd.client.StateStream;
import io.sanlockd.client.TransportException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceFlags;
import io.sanlockd.protocol.LockspaceText;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.StateRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What the daemon knows, except status (cli.md 6.2 to 6.8). */
final class ReportActions {
  private static final int BROKEN_REPLY = -1;
  private static final int NOT_READY = -11;
  private static final int NO_SPACE = -28;
  private static final int CLIENT_VERSION = 0x03080500;
  private static final int UP_TO_LOCKSPACES = 3;

  private final Session session;
  private final ParsedOptions options;

  ReportActions(Session session) {
    this.session = session;
    this.options = session.options();
  }

  int run(String action) {
    return switch (action) {
      case "gets" -> gets();
      case "host_status" -> hostStatus();
      case "renewal" -> renewal();
      case "log_dump" -> logDump();
      default -> version();
    };
  }

  private int gets() {
    Reply reply = session.ask(Requests.plain(Command.GET_LOCKSPACES));
    if (reply.result() < 0) {
      session.out().line("gets error " + reply.result());
      if (reply.result() != NO_SPACE) {
        return session.finish(reply.result());
      }
    }
    ByteBuffer payload = reply.payload();
    try {
      while (payload.remaining() >= Lockspace.LENGTH) {
        lockspace(Lockspace.decode(payload));
      }
    } catch (ProtocolException e) {
      return session.finish(BROKEN_REPLY);
    }
    return session.finish(reply.result());
  }

  private void lockspace(Lockspace lockspace) throws ProtocolException {
    String line = "s " + LockspaceText.format(lockspace) + " ";
    if ((lockspace.flags() & LockspaceFlags.ADD) != 0) {
      line += "ADD ";
    }
    if ((lockspace.flags() & LockspaceFlags.REM) != 0) {
      line += "REM ";
    }
    session.out().line(line);
    if (options.isOn('h')) {
      hosts(lockspace.name());
    }
  }

  private void hosts(LeaseName lockspace) throws ProtocolException {
    Request request = Requests.lockspace(Command.GET_HOSTS, Lockspace.named(lockspace), 0);
    Reply reply = session.ask(request);
    if (reply.result() == NOT_READY) {
      session.out().line("hosts not ready");
    } else if (reply.result() < 0) {
      session.out().line("hosts error " + reply.result());
    }
    ByteBuffer payload = reply.payload();
    while (payload.hasRemaining()) {
      Host host = Host.decode(payload);
      if (host.timestamp() != 0) {
        session
            .out()
            .line(
                "h "
                    + Long.toUnsignedString(host.hostId())
                    + " gen "
                    + Long.toUnsignedString(host.generation())
                    + " timestamp "
                    + Long.toUnsignedString(host.timestamp())
                    + " "
                    + HostState.of(host.flags()));
      }
    }
  }

  private int hostStatus() {
    if (options.has('s')) {
      return session.finish(hosts(Lockspace.named(options.lockspace().name())));
    }
    List<State> states = new ArrayList<>();
    int result = read(Requests.status(UP_TO_LOCKSPACES), states);
    for (int i = 0; i < states.size() && result == 0; i++) {
      if (states.get(i).entry().type() == StateRecord.LOCKSPACE) {
        LeaseName name = states.get(i).entry().name();
        session.out().line("lockspace " + name.text());
        result = hosts(Lockspace.named(name));
      }
    }
    return session.finish(result);
  }

  private int hosts(Lockspace lockspace) {
    List<State> hosts = new ArrayList<>();
    int result = read(Requests.lockspace(Command.HOST_STATUS, lockspace, 0), hosts);
    for (int i = 0; i < hosts.size(); i++) {
      StateRecord host = hosts.get(i).entry();
      session
          .out()
          .line(
              Integer.toUnsignedString(host.data32())
                  + " timestamp "
                  + Long.toUnsignedString(host.data64()));
      if (options.has('D')) {
        KeyValueLines.print(session.out(), host.text());
      }
    }
    return result;
  }

  private int renewal() {
    if (!options.has('s')) {
      return session.finish(BROKEN_REPLY);
    }
    Lockspace lockspace = Lockspace.named(options.lockspace().name());
    List<State> renewals = new ArrayList<>();
    int result = read(Requests.lockspace(Command.RENEWAL, lockspace, 0), renewals);
    for (int i = 0; i < renewals.size(); i++) {
      session.out().line(renewals.get(i).entry().text());
    }
    return session.finish(result);
  }

  /** Reads a whole stream of states. */
  private int read(Request request, List<State> states) {
    return read(session, request, states);
  }

  static int read(Session session, Request request, List<State> states) {
    try (DaemonConnection connection = DaemonConnection.open(session.invocation().endpoint())) {
      Reply reply = connection.exchange(request);
      if (reply.result() < 0) {
        return reply.result();
      }
      StateStream stream = connection.states();
      for (State state = stream.next(); state != null; state = stream.next()) {
        states.add(state);
      }
      return 0;
    } catch (TransportException e) {
      session.connectionFailed();
      return e.number();
    }
  }

  private int logDump() {
    Reply reply = session.ask(Requests.plain(Command.LOG_DUMP));
    if (reply.result() < 0) {
      return session.finish(reply.result());
    }
    ByteBuffer text = reply.payload();
    int got = text.remaining();
    StringBuilder chars = new StringBuilder(got);
    while (text.hasRemaining()) {
      chars.append((char) (text.get() & 0xff));
    }
    session.out().line(chars.toString());
    if (got < reply.result()) {
      session.out().line("partial dump " + got + " of " + reply.result());
    }
    return session.finish(got);
  }

  private int version() {
    Reply reply = session.ask(Requests.plain(Command.VERSION));
    if (reply.result() < 0) {
      session.out().line("daemon version error " + reply.result());
    }
    session.out().line("client version " + version(CLIENT_VERSION));
    session.out().line("daemon version " + version(reply.data2()));
    session.out().line("client socket protocol " + protocol(MessageHeader.VERSION));
    session.out().line("daemon socket protocol " + protocol(reply.version()));
    return 0;
  }

  private static String version(int number) {
    String hex = Integer.toHexString(number);
    return (number >>> 24)
        + "."
        + (number >>> 16 & 0xff)
        + "."
        + (number >>> 8 & 0xff)
        + " (0x"
        + "00000000".substring(hex.length())
        + hex
        + ")";
  }

  private static String protocol(int version) {
    return (version >>> 16) + "." + (version & 0xffff);
  }
}
