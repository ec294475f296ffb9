package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An epoll(7) set with its event buffer. Everything except {@link #close} belongs to one thread at
 * a time; no allocation after construction.
 */
public final class Epoll implements AutoCloseable {
  public static final int IN = 0x001;
  public static final int OUT = 0x004;

  /** Reported whether asked for or not. */
  public static final int ERR = 0x008;

  /** Reported whether asked for or not. */
  public static final int HUP = 0x010;

  /** The peer has shut down its writing side; only when asked for. */
  public static final int RDHUP = 0x2000;

  /** Report once, then stay silent until {@link #modify}. */
  public static final int ONESHOT = 1 << 30;

  /** Edge-triggered. */
  public static final int ET = 1 << 31;

  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;
  private static final int EVENT_BYTES = Architecture.CURRENT.epollEventBytes;
  private static final int DATA_OFFSET = Architecture.CURRENT.epollDataOffset;

  private final int fd;
  private final int maxEvents;
  private final ByteBuffer events;
  private final long eventsAddress;
  private final long changeAddress;

  private Epoll(int fd, int maxEvents) {
    this.fd = fd;
    this.maxEvents = maxEvents;
    this.events =
        ByteBuffer.allocateDirect((maxEvents + 1) * EVENT_BYTES).order(ByteOrder.nativeOrder());
    this.eventsAddress = Native.address(events);
    this.changeAddress = eventsAddress + (long) maxEvents * EVENT_BYTES;
  }

  /**
   * Creates an empty set.
   *
   * @param maxEvents most events one {@link #await} can bring, at least 1
   */
  public static Epoll create(int maxEvents) throws PosixException {
    if (maxEvents < 1) {
      throw new IllegalArgumentException("maxEvents " + maxEvents);
    }
    int fd = Native.C.epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) {
      throw PosixException.last("epoll_create1", "");
    }
    return new Epoll(fd, maxEvents);
  }

  /** Adds a descriptor; {@code token} comes back with its events. */
  public void add(int watchedFd, int eventMask, long token) throws PosixException {
    control(ADD, watchedFd, eventMask, token);
  }

  /** Changes what is reported for a descriptor of the set. */
  public void modify(int watchedFd, int eventMask, long token) throws PosixException {
    control(MODIFY, watchedFd, eventMask, token);
  }

  /** Takes a descriptor out; do so before closing it. Events already fetched remain. */
  public void remove(int watchedFd) throws PosixException {
    control(DELETE, watchedFd, 0, 0);
  }

  /**
   * Waits for events.
   *
   * @param timeoutMillis longest wait, 0 to poll, -1 for no limit
   * @return number of events for {@link #token} and {@link #events}; 0 when the time is over or a
   *     signal ended the wait early
   */
  public int await(int timeoutMillis) throws PosixException {
    int count = Native.C.epoll_wait(fd, eventsAddress, maxEvents, timeoutMillis);
    if (count >= 0) {
      return count;
    }
    int errno = Native.errno();
    if (errno == Errno.EINTR) {
      return 0;
    }
    throw new PosixException("epoll_wait", "", errno);
  }

  /** Token of event {@code index} of the last {@link #await}. */
  public long token(int index) {
    return events.getLong(index * EVENT_BYTES + DATA_OFFSET);
  }

  /** Event bits of event {@code index} of the last {@link #await}. */
  public int events(int index) {
    return events.getInt(index * EVENT_BYTES);
  }

  @Override
  public void close() {
    Fd.close(fd);
  }

  private void control(int operation, int watchedFd, int eventMask, long token)
      throws PosixException {
    int change = maxEvents * EVENT_BYTES;
    events.putInt(change, eventMask);
    events.putLong(change + DATA_OFFSET, token);
    if (Native.C.epoll_ctl(fd, operation, watchedFd, changeAddress) < 0) {
      throw PosixException.last("epoll_ctl", "fd " + watchedFd);
    }
  }
}
