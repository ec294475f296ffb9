package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import io.sanlockd.protocol.StateText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** INQUIRE: the leases of a registered process as text (protocol.md 8.9). */
final class InquireCommand implements CommandHandler.ForTarget {
  private final TargetCommands targets;

  InquireCommand(TargetCommands targets) {
    this.targets = targets;
  }

  @Override
  public void run(Request request, Client target) {
    List<Resource> leases = target.tokens().stream().map(InquireCommand::lease).toList();
    byte[] state = StateText.format(leases).getBytes(StandardCharsets.ISO_8859_1);
    int bodyLength = leases.isEmpty() ? 0 : state.length + 1;
    targets.end(target);
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
