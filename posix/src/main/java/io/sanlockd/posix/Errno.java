package io.sanlockd.posix;

/**
 * Error numbers of Linux (the same on x86-64 and aarch64), positive, with name and English text.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOTTY = 25;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int EPIPE = 32;
  public static final int ENOSYS = 38;
  public static final int EPROTO = 71;
  public static final int EMSGSIZE = 90;
  public static final int ECONNABORTED = 103;
  public static final int ECONNRESET = 104;
  public static final int ENOTCONN = 107;
  public static final int ESHUTDOWN = 108;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;

  private Errno() {}

  /** Symbolic name such as {@code ENOENT}; {@code errno N} for a number without one. */
  public static String name(int errno) {
    return inRange(errno) && Tables.NAMES[errno] != null ? Tables.NAMES[errno] : "errno " + errno;
  }

  /** The text of strerror(3) in the C locale; {@code Unknown error N} for a number without one. */
  public static String text(int errno) {
    return inRange(errno) && Tables.TEXTS[errno] != null
        ? Tables.TEXTS[errno]
        : "Unknown error " + errno;
  }

  private static boolean inRange(int errno) {
    return errno > 0 && errno < Tables.NAMES.length;
  }

  /** Built at the first error that is put into words. strerror itself would follow the locale. */
  private static final class Tables {
    static final String[] NAMES = new String[256];
    static final String[] TEXTS = new String[256];

    static {
      for (jnr.constants.platform.linux.Errno constant :
          jnr.constants.platform.linux.Errno.values()) {
        boolean alias =
            constant == jnr.constants.platform.linux.Errno.EWOULDBLOCK
                || constant == jnr.constants.platform.linux.Errno.EDEADLOCK;
        if (!alias && constant.intValue() > 0 && constant.intValue() < NAMES.length) {
          NAMES[constant.intValue()] = constant.name();
          TEXTS[constant.intValue()] = constant.toString();
        }
      }
    }

    private Tables() {}
  }
}
