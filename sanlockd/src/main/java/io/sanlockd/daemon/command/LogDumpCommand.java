package io.sanlockd.daemon.command;

import io.sanlockd.daemon.log.LogText;
import io.sanlockd.protocol.MessageHeader;
import java.util.function.Supplier;

/** LOG_DUMP: the log text in memory (protocol.md 8.6). */
final class LogDumpCommand implements CommandHandler.Open {
  private final Supplier<LogText> dump;

  LogDumpCommand(Supplier<LogText> dump) {
    this.dump = dump;
  }

  @Override
  public void run(Request request) {
    LogText text = dump.get();
    MessageHeader header = request.header();
    request.stream(
        new MessageHeader(
            MessageHeader.VERSION,
            header.command(),
            header.flags(),
            header.length(),
            header.sequence(),
            text.length(),
            header.data2()),
        text.chunks());
  }
}
