package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.lease.Clock;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import io.sanlockd.protocol.StateText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * INQUIRE: the leases of a registered process as text (protocol.md 8.9). While a command runs for
 * the process it waits for a while: libvirt takes a process that is busy for one that is not
 * registered, and its guest then runs without protection. After that it tells what is held.
 */
final class InquireCommand implements CommandHandler.Open {
  private static final long PATIENCE_NANOS = 3 * Clock.SECOND_NANOS;

  private final TargetCommands targets;
  private final Workers workers;

  InquireCommand(TargetCommands targets, Workers workers) {
    this.targets = targets;
    this.workers = workers;
  }

  @Override
  public void run(Request request) {
    TargetCommands.Selection selection =
        targets.select(request.command(), request.header(), request.client());
    if (selection.target().isEmpty()) {
      request.discardRest();
      request.reply(selection.refusal());
      return;
    }
    Client target = selection.target().get();
    if (target.activeCommand() == 0) {
      reply(request, target);
      return;
    }
    Runnable answer =
        () -> {
          if (!request.answered()) {
            reply(request, target);
          }
        };
    targets.whenIdle(target, answer);
    workers.later(PATIENCE_NANOS, answer);
  }

  private static void reply(Request request, Client target) {
    if (!target.connected()) {
      request.reply(ResultCode.ESTALE.number());
      return;
    }
    List<Resource> leases = target.tokens().stream().map(InquireCommand::lease).toList();
    byte[] state = StateText.format(leases).getBytes(StandardCharsets.ISO_8859_1);
    int bodyLength = leases.isEmpty() ? 0 : state.length + 1;
    request.reply(
        0,
        leases.size(),
        bodyLength,
        body -> {
          if (bodyLength > 0) {
            body.put(state).put((byte) 0);
          }
        });
  }

  private static Resource lease(Token token) {
    var resource = token.resource();
    List<Disk> disks = resource.disks().stream().map(d -> new Disk(d.path(), d.offset())).toList();
    return Resource.on(resource.space(), resource.name(), disks)
        .withLver(resource.lver())
        .withFlags(resource.shared() ? ResourceFlags.SHARED : 0);
  }
}
