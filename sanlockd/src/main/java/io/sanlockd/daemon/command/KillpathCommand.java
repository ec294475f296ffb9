package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.client.KillProgram;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.ProtocolException;
import java.util.Optional;

/**
 * KILLPATH: the program that stops this process gracefully (protocol.md 8.17). Only a process
 * itself may say it.
 */
final class KillpathCommand implements CommandHandler.ForTarget {
  private final TargetCommands targets;

  KillpathCommand(TargetCommands targets) {
    this.targets = targets;
  }

  @Override
  public void run(Request request, Client target) throws ProtocolException {
    Killpath killpath = Killpath.decode(request.payload());
    int result = 0;
    if (target == request.client()) {
      boolean appendPid =
          request.hasFlag(CommandFlags.KILLPATH_PID)
              || target.killProgram().filter(KillProgram::appendPid).isPresent();
      target.killProgram(
          killpath.path().isEmpty()
              ? Optional.empty()
              : Optional.of(new KillProgram(killpath.path(), killpath.arguments(), appendPid)));
    } else {
      result = ResultCode.EINVAL.number();
    }
    targets.end(target);
    request.reply(result);
  }
}
