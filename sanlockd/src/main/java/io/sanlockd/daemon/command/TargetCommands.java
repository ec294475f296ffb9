package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import java.util.Optional;

/** Which process a command is for, and that only one runs for it at a time (protocol.md 6.2). */
final class TargetCommands {
  private final Clients clients;
  private final Supervisor supervisor;

  TargetCommands(Clients clients, Supervisor supervisor) {
    this.clients = clients;
    this.supervisor = supervisor;
  }

  /**
   * Selects the target of a request.
   *
   * @param sender the connection the request came in on
   * @return the target, or the refusal
   */
  Selection select(Command command, MessageHeader header, Client sender) {
    Client target = sender;
    if (header.data2() != MessageHeader.THIS_CONNECTION) {
      Optional<Client> found = clients.byPid(header.data2());
      if (found.isEmpty()) {
        return Selection.refused(ResultCode.ESRCH);
      }
      target = found.get();
    }
    boolean beingKilled = target.kills().begun() && command == Command.ACQUIRE;
    if (target.pid() <= 0 || beingKilled || target.activeCommand() != 0) {
      return Selection.refused(ResultCode.EBUSY);
    }
    if (command == Command.ACQUIRE && !supervisor.canStop(target)) {
      return Selection.refused(ResultCode.EAGAIN);
    }
    return new Selection(Optional.of(target), 0);
  }

  /** A target, or the number that says why there is none. */
  record Selection(Optional<Client> target, int refusal) {
    private static Selection refused(ResultCode code) {
      return new Selection(Optional.empty(), code.number());
    }
  }

  void begin(Command command, Client target) {
    target.activeCommand(command.number());
  }

  /** The command for this target has ended; if its connection is gone, so are its leases now. */
  void end(Client target) {
    target.activeCommand(0);
    supervisor.commandEnded(target);
  }
}
