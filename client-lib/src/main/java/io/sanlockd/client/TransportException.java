package io.sanlockd.client;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** No connection, or one that broke. The number is what the C library returns in that case. */
public final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The stream ended in the middle of a reply: the daemon is gone. */
  static final int SHORT_READ = -1;

  /** No reply within the read timeout. */
  static final int TIMED_OUT = -110;

  /** The daemon closed the connection with bytes of ours unread. */
  static final int CONNECTION_RESET = -104;

  private static final int NOT_FOUND = -2;
  private static final int IO_ERROR = -5;
  private static final int NO_PERMISSION = -13;
  private static final int REFUSED = -111;
  private static final String[] TEXTS = {
    "no such file", "permission denied", "connection refused", "connection reset", "broken pipe",
    "not a directory", "too many open files", "is a directory", "wrong type", "too long"
  };
  private static final int[] NUMBERS = {
    NOT_FOUND, NO_PERMISSION, REFUSED, CONNECTION_RESET, -32, -20, -24, -21, -91, -36
  };

  private final int number;

  TransportException(int number, String message, Throwable cause) {
    super(message, cause);
    this.number = number;
  }

  /** Negative errno, or -1 for a stream that ended early. */
  public int number() {
    return number;
  }

  /** Finds the errno of a failed send or receive. */
  static TransportException of(IOException cause) {
    return new TransportException(errno(cause, IO_ERROR), cause.getMessage(), cause);
  }

  /** Finds the errno of a failed connect; the JDK gives it only as (perhaps translated) text. */
  static TransportException ofConnect(IOException cause, String socketPath) {
    int guess = REFUSED;
    if (!(cause instanceof ConnectException)) {
      Path path = Path.of(socketPath);
      guess = Files.notExists(path) ? NOT_FOUND : Files.isWritable(path) ? IO_ERROR : NO_PERMISSION;
    }
    return new TransportException(
        errno(cause, guess), "cannot connect to " + socketPath + ": " + cause.getMessage(), cause);
  }

  private static int errno(IOException cause, int fallback) {
    String message = cause.getMessage();
    if (message != null) {
      String text = message.toLowerCase(Locale.ROOT);
      for (int i = 0; i < TEXTS.length; i++) {
        if (text.contains(TEXTS[i])) {
          return NUMBERS[i];
        }
      }
    }
    return fallback;
  }
}
