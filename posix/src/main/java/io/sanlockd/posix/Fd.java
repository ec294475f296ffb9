package io.sanlockd.posix;

import java.io.File;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** Calls on plain file descriptors. Safe from any thread as far as the kernel's calls are. */
public final class Fd {
  private static final int F_GETFD = 1;
  private static final int F_SETFD = 2;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int FD_CLOEXEC = 1;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final long CLOSE_RANGE_CLOEXEC = 4;
  private static final int RLIMIT_NOFILE = 7;
  private static final int CREATE_MODE = 0644;

  private static final int READ = 0;
  private static final int WRITE = 1;
  private static final int SEND = 2;

  private Fd() {}

  /**
   * Opens a file; a created one gets mode 0644 less the umask.
   *
   * @param flags see {@link OpenFlags}; give {@link OpenFlags#CLOEXEC} unless there is a reason
   * @return the descriptor
   */
  public static int open(String path, int flags) throws PosixException {
    byte[] name = Native.cString(path);
    while (true) {
      int fd = Native.C.open(name, flags, CREATE_MODE);
      if (fd >= 0) {
        return fd;
      }
      int errno = Native.errno();
      if (errno != Errno.EINTR) {
        throw new PosixException("open", path, errno);
      }
    }
  }

  /**
   * Closes a descriptor. It is gone afterwards whatever the result (never retry: the number may
   * already belong to another thread's file).
   *
   * @return 0 or a negative errno
   */
  public static int close(int fd) {
    return Native.C.close(fd) == 0 ? 0 : -Native.errno();
  }

  /**
   * Reads into the remaining space of a direct buffer and advances its position.
   *
   * @return bytes read, 0 at end of stream, or a negative errno
   * @throws IllegalArgumentException if nothing remains in the buffer or it is not direct
   */
  public static int read(int fd, ByteBuffer direct) {
    return transfer(READ, fd, direct);
  }

  /**
   * Writes from the remaining bytes of a direct buffer and advances its position. A write to a pipe
   * or socket nobody reads gives -EPIPE (the JVM keeps SIGPIPE from killing us).
   *
   * @return bytes written or a negative errno
   * @throws IllegalArgumentException if nothing remains in the buffer or it is not direct
   */
  public static int write(int fd, ByteBuffer direct) {
    return transfer(WRITE, fd, direct);
  }

  /**
   * Like {@link #write} for a socket, never waiting and never raising SIGPIPE.
   *
   * @return bytes sent or a negative errno, -EAGAIN when the socket buffer is full
   */
  public static int send(int fd, ByteBuffer direct) {
    return transfer(SEND, fd, direct);
  }

  /**
   * An ioctl that gives an int from 0 up. Allocation-free.
   *
   * @return the int or a negative errno
   */
  public static int ioctlGet(int fd, long request) {
    int result = ioctlSet(fd, request, 0);
    return result < 0 ? result : Native.scratch().buffer.getInt(0);
  }

  /**
   * An ioctl that takes an int; what it may write there is ignored. Allocation-free.
   *
   * @return 0 or a negative errno
   */
  public static int ioctlSet(int fd, long request, int value) {
    Native.Scratch scratch = Native.scratch();
    while (true) {
      scratch.buffer.putInt(0, value);
      if (Native.C.ioctl(fd, request, scratch.address) >= 0) {
        return 0;
      }
      int errno = Native.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /** Sets or clears O_NONBLOCK of the open file behind the descriptor. */
  public static void setNonBlocking(int fd, boolean nonBlocking) throws PosixException {
    setBit(fd, F_GETFL, F_SETFL, OpenFlags.NONBLOCK, nonBlocking);
  }

  /** Sets or clears close-on-exec of the descriptor. */
  public static void setCloseOnExec(int fd, boolean closeOnExec) throws PosixException {
    setBit(fd, F_GETFD, F_SETFD, FD_CLOEXEC, closeOnExec);
  }

  /** Whether close-on-exec is set. */
  public static boolean isCloseOnExec(int fd) throws PosixException {
    return (getBits(fd, F_GETFD) & FD_CLOEXEC) != 0;
  }

  /** Makes {@code newFd} a duplicate of {@code fd} (dup2), inheritable across exec. */
  public static void duplicateTo(int fd, int newFd) throws PosixException {
    int result;
    do {
      result = Native.C.dup2(fd, newFd);
    } while (result < 0 && Native.errno() == Errno.EINTR);
    if (result < 0) {
      throw PosixException.last("dup2", fd + " to " + newFd);
    }
  }

  /**
   * Sets close-on-exec on every open descriptor from {@code lowest} upwards. Descriptors opened by
   * other threads meanwhile may be missed by kernels older than 5.11.
   */
  public static void closeOnExecFrom(int lowest) throws PosixException {
    long result =
        Native.C.syscall(Architecture.CLOSE_RANGE, lowest, 0xffffffffL, CLOSE_RANGE_CLOEXEC, 0);
    if (result < 0) {
      closeOnExecOneByOne(lowest);
    }
  }

  /**
   * How many descriptors this process may have (soft limit); {@link Long#MAX_VALUE} for any number.
   */
  public static long limit() throws PosixException {
    Native.Scratch scratch = Native.scratch();
    if (Native.C.getrlimit(RLIMIT_NOFILE, scratch.address) < 0) {
      throw PosixException.last("getrlimit", "");
    }
    long soft = scratch.buffer.getLong(0);
    return soft < 0 ? Long.MAX_VALUE : soft;
  }

  static void closeOnExecOneByOne(int lowest) throws PosixException {
    String directory = "/proc/self/fd";
    String[] names = new File(directory).list();
    if (names == null) {
      throw new PosixException("opendir", directory, Errno.ENOENT);
    }
    for (String name : names) {
      int fd = Integer.parseInt(name);
      if (fd >= lowest) {
        // The descriptor of the listing itself is already closed.
        int unused = Native.C.fcntl(fd, F_SETFD, FD_CLOEXEC);
      }
    }
  }

  private static int transfer(int operation, int fd, ByteBuffer direct) {
    if (!direct.hasRemaining()) {
      throw new IllegalArgumentException("no space or bytes remain in the buffer");
    }
    try {
      long address = Native.address(direct) + direct.position();
      while (true) {
        int count = (int) once(operation, fd, address, direct.remaining());
        if (count >= 0) {
          direct.position(direct.position() + count);
          return count;
        }
        int errno = Native.errno();
        if (errno != Errno.EINTR) {
          return -errno;
        }
      }
    } finally {
      Reference.reachabilityFence(direct);
    }
  }

  private static long once(int operation, int fd, long address, int count) {
    return switch (operation) {
      case READ -> Native.C.read(fd, address, count);
      case WRITE -> Native.C.write(fd, address, count);
      default -> Native.C.send(fd, address, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    };
  }

  private static int getBits(int fd, int getCommand) throws PosixException {
    int bits = Native.C.fcntl(fd, getCommand, 0);
    if (bits < 0) {
      throw PosixException.last("fcntl", "fd " + fd);
    }
    return bits;
  }

  private static void setBit(int fd, int getCommand, int setCommand, int bit, boolean on)
      throws PosixException {
    int before = getBits(fd, getCommand);
    int after = on ? before | bit : before & ~bit;
    if (after != before && Native.C.fcntl(fd, setCommand, after) < 0) {
      throw PosixException.last("fcntl", "fd " + fd);
    }
  }
}
