package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.Clients;
import io.sanlockd.daemon.recovery.Supervisor;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which process a command is for, and that only one runs for it at a time (protocol.md 6.2). */
final class TargetCommands {
  private final Clients clients;
  private final Supervisor supervisor;
  private final Map<Client, List<Runnable>> waiters = new HashMap<>();

  TargetCommands(Clients clients, Supervisor supervisor) {
    this.clients = clients;
    this.supervisor = supervisor;
  }

  /**
   * Selects the target of a request. Only INQUIRE may have one for which a command runs.
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
    boolean acquire = command == Command.ACQUIRE || command == Command.ACQUIRE2;
    boolean beingKilled = target.kills().begun() && acquire;
    boolean busy = target.activeCommand() != 0 && command != Command.INQUIRE;
    if (target.pid() <= 0 || beingKilled || busy) {
      return Selection.refused(ResultCode.EBUSY);
    }
    if (acquire && !supervisor.canStop(target)) {
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

  /** Calls back when the command that runs for this target has ended. */
  void whenIdle(Client target, Runnable waiter) {
    waiters.computeIfAbsent(target, key -> new ArrayList<>()).add(waiter);
  }

  void begin(Command command, Client target) {
    target.activeCommand(command.number());
  }

  /** The command for this target has ended; if its connection is gone, so are its leases now. */
  void end(Client target) {
    target.activeCommand(0);
    supervisor.commandEnded(target);
    List<Runnable> idle = waiters.remove(target);
    if (idle != null) {
      idle.forEach(Runnable::run);
    }
  }
}
