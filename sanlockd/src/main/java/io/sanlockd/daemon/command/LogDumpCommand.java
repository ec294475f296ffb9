package io.sanlockd.daemon.command;

import io.sanlockd.protocol.MessageHeader;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** LOG_DUMP: the log text in memory (protocol.md 8.6). */
final class LogDumpCommand implements CommandHandler.Open {
  private final Supplier<byte[]> dump;

  LogDumpCommand(Supplier<byte[]> dump) {
    this.dump = dump;
  }

  @Override
  public void run(Request request) {
    byte[] text = dump.get();
    MessageHeader header = request.header();
    request.replyAndClose(
        new MessageHeader(
            MessageHeader.VERSION,
            header.command(),
            header.flags(),
            header.length(),
            header.sequence(),
            text.length,
            header.data2()),
        ByteBuffer.wrap(text));
  }
}
