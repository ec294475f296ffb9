package io.sanlockd.daemon.command;

import io.sanlockd.daemon.client.Client;
import io.sanlockd.daemon.resource.Token;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.StateString;
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
    List<String> texts = target.tokens().stream().map(InquireCommand::text).toList();
    byte[] state = String.join(" ", texts).getBytes(StandardCharsets.ISO_8859_1);
    int bodyLength = texts.isEmpty() ? 0 : state.length + 1;
    targets.end(target);
    request.reply(
        0,
        texts.size(),
        bodyLength,
        body -> {
          if (bodyLength > 0) {
            body.put(state).put((byte) 0);
          }
        });
  }

  private static String text(Token token) {
    var resource = token.resource();
    List<Disk> disks = resource.disks().stream().map(d -> new Disk(d.path(), d.offset())).toList();
    return StateString.of(
        resource.space(), resource.name(), disks, resource.shared(), resource.lver());
  }
}
