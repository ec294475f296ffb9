package io.sanlockd.wdmd.client;

import io.sanlockd.posix.Errno;
import java.io.IOException;

/** Something with wdmd did not work; the message says what and what to look at. */
public final class WdmdException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Reason {
    /** Nobody listens at the socket, or we may not connect. */
    NOT_REACHABLE,

    /** The request could not be handed to the socket. */
    SEND_FAILED,

    /** No complete reply in time; the connection can not be asked again. */
    TIMED_OUT,

    /** wdmd closed the connection: it ended, or it refused this client. */
    CLOSED,

    /** A reply that answers another question; the connection can not be asked again. */
    BAD_REPLY
  }

  private final Reason reason;
  private final int errno;

  WdmdException(Reason reason, int errno, String message) {
    super(message);
    this.reason = reason;
    this.errno = errno;
  }

  WdmdException(Reason reason, int errno, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.errno = errno;
  }

  static WdmdException send(String what, int errno) {
    String text = Errno.name(errno) + " (" + Errno.text(errno) + ")";
    return new WdmdException(Reason.SEND_FAILED, errno, "wdmd " + what + ": send: " + text);
  }

  public Reason reason() {
    return reason;
  }

  /** Positive error number that comes nearest, for text and codes that carry numbers. */
  public int errno() {
    return errno;
  }
}
