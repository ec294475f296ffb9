package io.sanlockd.posix;

import java.nio.ByteBuffer;

/** poll(2) on one descriptor. Any thread; allocation-free after the first call of a thread. */
public final class Poll {
  public static final int IN = 0x001;
  public static final int OUT = 0x004;

  /** Reported whether asked for or not. */
  public static final int ERR = 0x008;

  /** Reported whether asked for or not. */
  public static final int HUP = 0x010;

  /** Reported whether asked for or not: the descriptor is not open. */
  public static final int NVAL = 0x020;

  /** The peer has shut down its writing side; only when asked for. */
  public static final int RDHUP = 0x2000;

  private static final int EVENTS = 4;
  private static final int READY = 6;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private Poll() {}

  /**
   * Waits until a descriptor is ready. Signals do not lengthen the wait.
   *
   * @param events what to wait for
   * @param timeoutMillis longest wait, 0 to ask only; waiting without limit is not offered
   * @return what is ready, 0 when the time is over, or a negative errno
   */
  public static int once(int fd, int events, int timeoutMillis) {
    Native.Scratch scratch = Native.scratch();
    ByteBuffer pollfd = scratch.buffer;
    int left = Math.max(0, timeoutMillis);
    long deadlineNanos = left == 0 ? 0 : MonotonicClock.nanos() + (long) left * NANOS_PER_MILLI;
    while (true) {
      // After the clock was read: it uses the same scratch memory.
      pollfd.putInt(0, fd);
      pollfd.putShort(EVENTS, (short) events);
      pollfd.putShort(READY, (short) 0);
      int count = Native.C.poll(scratch.address, 1, left);
      if (count >= 0) {
        return count == 0 ? 0 : pollfd.getShort(READY) & 0xffff;
      }
      int errno = Native.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
      if (left > 0) {
        left = (int) Math.max(0, (deadlineNanos - MonotonicClock.nanos()) / NANOS_PER_MILLI);
      }
    }
  }
}
