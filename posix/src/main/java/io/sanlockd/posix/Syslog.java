package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Sends messages to the local syslog daemon, facility daemon. Never waits; without a syslog daemon,
 * or when it does not keep up, messages are dropped. One thread at a time.
 */
public final class Syslog implements AutoCloseable {
  /** Levels of messages. */
  public static final int ERROR = 3;

  public static final int WARNING = 4;
  public static final int NOTICE = 5;

  private static final String SOCKET = "/dev/log";
  private static final int FACILITY_DAEMON = 3 << 3;
  private static final int MAX_BYTES = 4096;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

  private final String path;
  private final String tag;
  private final ByteBuffer datagram = ByteBuffer.allocateDirect(MAX_BYTES);
  private int fd = -1;

  /**
   * For one program.
   *
   * @param ident its name, below 100 chars
   */
  public Syslog(String ident) {
    this(ident, SOCKET);
  }

  Syslog(String ident, String path) {
    this.path = path;
    this.tag = " " + ident + "[" + ProcessHandle.current().pid() + "]: ";
  }

  /**
   * Sends a message.
   *
   * @param level 0 to 7
   * @param text one char for each byte; what is beyond 4 KiB is cut
   */
  public void send(int level, String text) {
    try {
      if (fd < 0) {
        fd = UnixSockets.connectDatagram(path);
      }
    } catch (PosixException e) {
      // Without a syslog daemon there is nobody to tell.
      return;
    }
    String time = TIME.format(LocalDateTime.now(ZoneId.systemDefault()));
    byte[] line =
        ("<" + (FACILITY_DAEMON | level) + ">" + time + tag + text)
            .getBytes(StandardCharsets.ISO_8859_1);
    datagram.clear().put(line, 0, Math.min(line.length, MAX_BYTES)).flip();
    int sent = Fd.send(fd, datagram);
    if (sent < 0 && sent != -Errno.EAGAIN) {
      close();
    }
  }

  /** Closes the socket; the next message opens a new one. */
  @Override
  public void close() {
    if (fd >= 0) {
      Fd.close(fd);
      fd = -1;
    }
  }
}
