package io.sanlockd.client;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
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

  /** The waiting thread was interrupted; its flag is still set. */
  static final int INTERRUPTED = -4;

  /** Another thread of this process closed the connection. */
  static final int BAD_DESCRIPTOR = -9;

  /** What the daemon sent is no reply to what was asked. */
  static final int PROTOCOL_ERROR = -71;

  private static final int NOT_FOUND = -2;
  private static final int IO_ERROR = -5;
  private static final int NO_PERMISSION = -13;
  private static final int REFUSED = -111;
  private static final int WOULD_BLOCK = -11;
  private static final String[] TEXTS = {
    "no such file", "permission denied", "connection refused", "connection reset", "broken pipe",
    "not a directory", "too many open files", "is a directory", "wrong type", "too long",
    "temporarily unavailable"
  };
  private static final int[] NUMBERS = {
    NOT_FOUND, NO_PERMISSION, REFUSED, CONNECTION_RESET, -32, -20, -24, -21, -91, -36, WOULD_BLOCK
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

  /** Whether a connect failed because the daemon has not accepted the connections before. */
  static boolean isBacklogFull(IOException cause) {
    return errno(cause, IO_ERROR) == WOULD_BLOCK;
  }

  /** Finds the errno of a failed send or receive, if it is not known already. */
  static TransportException of(IOException cause) {
    return cause instanceof TransportException known
        ? known
        : new TransportException(errno(cause, IO_ERROR), cause.getMessage(), cause);
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
    if (cause instanceof ClosedByInterruptException) {
      return INTERRUPTED;
    }
    if (cause instanceof ClosedChannelException) {
      return BAD_DESCRIPTOR;
    }
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
