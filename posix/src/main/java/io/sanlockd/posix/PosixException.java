package io.sanlockd.posix;

import java.io.IOException;

/**
 * A system call that failed. The message names the call, what it was about and the reason, for
 * example {@code open /path: ENOENT (No such file or directory)}.
 */
public final class PosixException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * A failure with the usual message.
   *
   * @param call name of the system call
   * @param subject what it worked on (a path, "fd 7"); may be empty
   * @param errno positive error number
   */
  public PosixException(String call, String subject, int errno) {
    this(call, errno, message(call, subject, errno));
  }

  private PosixException(String call, int errno, String message) {
    super(message);
    this.call = call;
    this.errno = errno;
  }

  /** A failure whose text is prescribed by the specification. */
  static PosixException withMessage(String call, int errno, String message) {
    return new PosixException(call, errno, message);
  }

  /** The failure of the call this thread made last. */
  static PosixException last(String call, String subject) {
    return new PosixException(call, subject, Native.errno());
  }

  /** Name of the system call. */
  public String call() {
    return call;
  }

  /** Positive error number, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  private static String message(String call, String subject, int errno) {
    String what = subject.isEmpty() ? call : call + " " + subject;
    return what + ": " + Errno.name(errno) + " (" + Errno.text(errno) + ")";
  }
}
