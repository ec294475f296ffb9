package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The local syslog socket, facility daemon. Never waits; without a syslog daemon, or when its
 * socket is full, a message is dropped, as the C library does. Used by one thread.
 */
public final class Syslog implements AutoCloseable {
  /** Level of errors. */
  public static final int ERROR = 3;

  /** Level of warnings. */
  public static final int WARNING = 4;

  private static final String SOCKET = "/dev/log";
  private static final int FACILITY_DAEMON = 3 << 3;
  private static final int MESSAGE_BYTES = 2048;
  private static final Charset CHARSET = StandardCharsets.ISO_8859_1;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

  private final String path;
  private final String sender;
  private final ByteBuffer datagram = ByteBuffer.allocateDirect(MESSAGE_BYTES);
  private int fd = -1;

  /**
   * A sender that connects with its first message.
   *
   * @param ident name of the program
   */
  public Syslog(String ident) {
    this(ident, SOCKET);
  }

  Syslog(String ident, String path) {
    this.path = path;
    this.sender = " " + ident + "[" + ProcessHandle.current().pid() + "]: ";
  }

  /**
   * Sends one line.
   *
   * @param level 0 to 7, as syslog numbers them
   * @param line one byte for each char; what is longer than 2 KiB is cut
   */
  public void send(int level, String line) {
    String time = TIME.format(LocalDateTime.now(ZoneId.systemDefault()));
    byte[] text = ("<" + (FACILITY_DAEMON | level) + ">" + time + sender + line).getBytes(CHARSET);
    datagram.clear().put(text, 0, Math.min(text.length, MESSAGE_BYTES)).flip();
    if (fd < 0) {
      fd = connect();
    }
    if (fd >= 0 && Fd.send(fd, datagram) < 0) {
      // A syslog daemon that was started again has another socket.
      close();
    }
  }

  private int connect() {
    try {
      return UnixSockets.connectDatagram(path);
    } catch (PosixException e) {
      // There is nobody to tell.
      return -1;
    }
  }

  @Override
  public void close() {
    if (fd >= 0) {
      Fd.close(fd);
      fd = -1;
    }
  }
}
