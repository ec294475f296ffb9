package io.sanlockd.daemon.command;

import io.sanlockd.daemon.status.DaemonFacts;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.MessageHeader;

/** VERSION (protocol.md 8.28). */
final class VersionCommand implements CommandHandler.Open {
  @Override
  public void run(Request request) {
    request.reply(
        new MessageHeader(
            MessageHeader.VERSION,
            Command.VERSION.number(),
            0,
            MessageHeader.LENGTH,
            0,
            0,
            DaemonFacts.VERSION));
  }
}
