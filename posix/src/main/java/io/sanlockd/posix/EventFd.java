package io.sanlockd.posix;

/**
 * An eventfd(2): any thread signals it, one thread waits for its descriptor in an {@link Epoll}.
 */
public final class EventFd implements AutoCloseable {
  private static final int CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  private final int fd;
  private boolean closed;

  private EventFd(int fd) {
    this.fd = fd;
  }

  public static EventFd create() throws PosixException {
    int fd = Native.C.eventfd(0, CLOEXEC_NONBLOCK);
    if (fd < 0) {
      throw PosixException.last("eventfd", "");
    }
    return new EventFd(fd);
  }

  /** Descriptor that is readable while a signal is pending. */
  public int fd() {
    return fd;
  }

  /** Makes the descriptor readable; any thread. No effect after {@link #close}. */
  public synchronized void signal() {
    if (!closed) {
      // EAGAIN means that 2^64 - 2 signals are pending: readable anyway.
      int unused = Native.C.eventfd_write(fd, 1);
    }
  }

  /** Takes all pending signals; false when there was none. */
  public boolean drain() {
    return Native.C.eventfd_read(fd, Native.scratch().address) == 0;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Fd.close(fd);
    }
  }
}
