package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.loop.Connection;
import io.sanlockd.daemon.loop.End;
import io.sanlockd.daemon.loop.HeaderDecision;
import io.sanlockd.daemon.loop.RequestHandler;
import io.sanlockd.daemon.metrics.RequestCounts;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.Check;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Between the event loop and the commands: judges headers, keeps one {@link Client} for each
 * connection, selects the target of commands for a registered process, and notices when a client is
 * gone (protocol.md 4.1, 5, 6).
 */
public final class Dispatcher implements RequestHandler {
  private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final Clients clients;
  private final Supervisor supervisor;
  private final TargetCommands targets;
  private final Map<Command, CommandHandler> handlers;
  private final CommandTrace trace;
  private final LeaseLog log;
  private final RequestCounts counts = new RequestCounts();

  Dispatcher(
      Clients clients,
      Supervisor supervisor,
      TargetCommands targets,
      Map<Command, CommandHandler> handlers,
      CommandTrace trace,
      LeaseLog log) {
    this.clients = clients;
    this.supervisor = supervisor;
    this.targets = targets;
    this.handlers = Map.copyOf(handlers);
    Check.argument(handlers.size() == Command.values().length, "a command has no handler");
    this.trace = trace;
    this.log = log;
  }

  /** The answers given so far. Any thread. */
  public RequestCounts counts() {
    return counts;
  }

  @Override
  public void opened(Connection connection) {
    Client client = new Client(connection.slot(), connection.fd());
    connection.attach(client);
    clients.add(client);
    trace.opened(client);
  }

  private static Client clientOf(Connection connection) {
    return (Client) connection.attachment();
  }

  @Override
  public HeaderDecision header(Connection connection, MessageHeader header) {
    Client client = clientOf(connection);
    trace.received(client, header);
    String refusal = refusal(client, header);
    if (refusal == null) {
      return HeaderDecision.ACCEPT;
    }
    log.error("ci " + client.slot() + " pid " + connection.peer().pid() + " " + refusal);
    return (client.restrictions() & CommandFlags.RESTRICT_ALL) != 0
        ? HeaderDecision.SKIP
        : HeaderDecision.CLOSE_GENTLY;
  }

  /** Why a header gets no answer; null when it gets one. */
  private static String refusal(Client client, MessageHeader header) {
    if ((client.restrictions() & CommandFlags.RESTRICT_ALL) != 0) {
      return "restricted, cmd " + header.command();
    }
    if (header.command() != Command.VERSION.number() && !header.hasSupportedVersion()) {
      return "bad version " + Integer.toHexString(header.version());
    }
    return Command.of(header.command()).isEmpty() ? "unknown cmd " + header.command() : null;
  }

  @Override
  public void request(Connection connection, MessageHeader header, ByteBuffer payload) {
    Request request = begin(connection, header, payload);
    CommandHandler handler = handlers.get(request.command());
    if (handler instanceof CommandHandler.Open open) {
      guarded(request, () -> open.run(request));
    } else if (handler instanceof CommandHandler.ForTarget forTarget) {
      select(request).ifPresent(target -> runForTarget(request, forTarget, target));
    }
  }

  @Override
  public void tooLong(Connection connection, MessageHeader header) {
    Request request = begin(connection, header, NO_PAYLOAD);
    request.discardRest();
    refuseUnlessNoTarget(request, ResultCode.E2BIG, "too much data");
  }

  @Override
  public void cutShort(Connection connection, MessageHeader header) {
    refuseUnlessNoTarget(
        begin(connection, header, NO_PAYLOAD), ResultCode.ENOTCONN, "stream ended in the payload");
  }

  /** That there is no target for a request is told before anything is said about its payload. */
  private void refuseUnlessNoTarget(Request request, ResultCode code, String why) {
    boolean forTarget = handlers.get(request.command()) instanceof CommandHandler.ForTarget;
    if (!forTarget || select(request).isPresent()) {
      refuse(request, code, why);
    }
  }

  private Request begin(Connection connection, MessageHeader header, ByteBuffer payload) {
    Command command = Command.of(header.command()).orElseThrow();
    Client client = clientOf(connection);
    client.lastCommand(command.number());
    client.suspended(true);
    if (!client.registered()) {
      client.ownerName(displayName(command));
    }
    trace.begun(client, command, header, payload);
    return new Request(connection, client, command, header, payload, trace, counts);
  }

  private interface Body {
    void run() throws ProtocolException;
  }

  /**
   * Whatever goes wrong at the start of a command, its client gets an answer: no message may end
   * the daemon and so reset the host. What the command had begun stays blocked, which is safe.
   */
  private void guarded(Request request, Body body) {
    try {
      body.run();
    } catch (ProtocolException e) {
      refuse(request, ResultCode.EINVAL, e.getMessage());
    } catch (RuntimeException e) {
      log.error("command " + nameOf(request.command()) + " failed: " + e);
      for (StackTraceElement frame : e.getStackTrace()) {
        log.error("  at " + frame);
      }
      if (!request.answered()) {
        request.refuse(ResultCode.ERROR.number());
      }
    }
  }

  private void refuse(Request request, ResultCode code, String why) {
    log.error("command " + nameOf(request.command()) + ": " + why);
    request.refuse(code.number());
  }

  /** The target of a request; empty when the request was refused. */
  private Optional<Client> select(Request request) {
    TargetCommands.Selection selection =
        targets.select(request.command(), request.header(), request.client());
    if (selection.target().isEmpty()) {
      log.debug(
          "cmd "
              + request.command().number()
              + " target pid "
              + request.header().data2()
              + " refused "
              + selection.refusal());
      request.discardRest();
      request.refuse(selection.refusal());
    }
    return selection.target();
  }

  private void runForTarget(Request request, CommandHandler.ForTarget handler, Client target) {
    targets.begin(request.command(), target);
    guarded(
        request,
        () -> {
          boolean started = false;
          try {
            handler.run(request, target);
            started = true;
          } finally {
            if (!started) {
              request.discardRest();
              targets.end(target);
            }
          }
        });
  }

  private static String nameOf(Command command) {
    return command.name().toLowerCase(Locale.ROOT);
  }

  /** Name that STATUS shows for a connection that is not registered. */
  private static String displayName(Command command) {
    return switch (command) {
      case SHUTDOWN,
          STATUS,
          HOST_STATUS,
          RENEWAL,
          LOG_DUMP,
          GET_LOCKSPACES,
          GET_HOSTS,
          REG_EVENT,
          END_EVENT,
          SET_CONFIG,
          ADD_LOCKSPACE,
          INQ_LOCKSPACE,
          REM_LOCKSPACE ->
          nameOf(command);
      case VERSION, RESTRICT, REGISTER, ACQUIRE, ACQUIRE2, RELEASE, INQUIRE, CONVERT, KILLPATH ->
          "";
      default -> "cmd" + command.number();
    };
  }

  @Override
  public void peerGone(Connection connection) {
    clientOf(connection).peerGone();
  }

  @Override
  public void ended(Connection connection, End end) {
    Client client = clientOf(connection);
    clients.remove(client);
    trace.freed(client);
    if (!client.registered()) {
      return;
    }
    log.debug(
        "client_pid_dead "
            + client.slot()
            + ","
            + client.fd()
            + ","
            + client.pid()
            + " cmd_active "
            + client.activeCommand());
    client.disconnected();
    supervisor.connectionEnded(client);
  }
}
