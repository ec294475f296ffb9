package io.sanlockd.posix;

/**
 * A reference to one process that its successor under the same pid cannot take over. Used by one
 * thread at a time.
 */
public final class PidFd implements AutoCloseable {
  private final int pid;
  private int fd;

  private PidFd(int pid, int fd) {
    this.pid = pid;
    this.fd = fd;
  }

  /** Opens a reference to a living process (or a zombie); ESRCH when there is none. */
  public static PidFd open(int pid) throws PosixException {
    long fd = Native.C.syscall(Architecture.PIDFD_OPEN, pid, 0, 0, 0);
    if (fd < 0) {
      throw PosixException.last("pidfd_open", "pid " + pid);
    }
    return new PidFd(pid, (int) fd);
  }

  /** The process id given at open. */
  public int pid() {
    return pid;
  }

  /** Descriptor that becomes readable when the process has ended; -1 when closed. */
  public int fd() {
    return fd;
  }

  /** Whether the process has ended (a zombie has). Does not wait. */
  public boolean exited() throws PosixException {
    int ready = Poll.once(fd, Poll.IN, 0);
    if (ready < 0) {
      throw new PosixException("poll", "pidfd of " + pid, -ready);
    }
    return (ready & Poll.IN) != 0;
  }

  /**
   * Sends a signal to exactly this process. Allocation-free.
   *
   * @return 0 or a negative errno: -ESRCH when it has ended, -EPERM, -EBADF when closed
   */
  public int signal(int signal) {
    long result = Native.C.syscall(Architecture.PIDFD_SEND_SIGNAL, fd, signal, 0, 0);
    return result == 0 ? 0 : -Native.errno();
  }

  @Override
  public void close() {
    if (fd >= 0) {
      Fd.close(fd);
      fd = -1;
    }
  }
}
