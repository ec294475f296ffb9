package io.sanlockd.daemon.log;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;

/**
 * Sends messages to the local syslog socket, facility daemon, ident {@code sanlock}. Without a
 * syslog daemon messages are dropped, as the C library does. Used by the log thread only.
 */
final class SyslogSink implements AutoCloseable {
  private static final File SOCKET = new File("/dev/log");
  private static final int FACILITY_DAEMON = 3 << 3;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

  private UnixDatagramChannel channel;

  void send(Level level, String line) {
    if (!SOCKET.exists()) {
      return;
    }
    String text =
        "<"
            + (FACILITY_DAEMON | level.number())
            + ">"
            + TIME.format(LocalDateTime.now(ZoneId.systemDefault()))
            + " sanlock["
            + ProcessHandle.current().pid()
            + "]: "
            + line;
    try {
      if (channel == null) {
        channel = UnixDatagramChannel.open();
        channel.configureBlocking(false);
      }
      channel.send(
          ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)),
          new UnixSocketAddress(SOCKET));
    } catch (IOException e) {
      close();
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing is lost with a datagram socket that can not be closed.
    }
    channel = null;
  }
}
