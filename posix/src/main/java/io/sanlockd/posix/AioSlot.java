package io.sanlockd.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One asynchronous I/O at a time on a kernel context of its own (Linux AIO), so that a read or
 * write can be given up in time: after a timeout the I/O stays in flight and its memory belongs to
 * the kernel until {@link #await} has brought the completion.
 *
 * <p>Used by one thread at a time. Whoever submits keeps strong references to this object and to
 * the I/O buffer while {@link #inFlight()}; neither is ever freed or used for anything else before.
 * Submitting may block when the file system is frozen. No allocation after construction except for
 * exceptions.
 */
public final class AioSlot implements AutoCloseable {
  /** Result of {@link #await} when the time is over; no byte count and no errno. */
  public static final long PENDING = Long.MIN_VALUE;

  private static final short PREAD = 0;
  private static final short PWRITE = 1;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  // One block of native memory: context, pointer to the control block, timespec, event, iocb.
  private static final int CONTEXT = 0;
  private static final int IOCB_POINTER = 8;
  private static final int TIMESPEC = 16;
  private static final int EVENT = 32;
  private static final int EVENT_OBJECT = EVENT + 8;
  private static final int EVENT_RESULT = EVENT + 16;
  private static final int IOCB = 64;
  private static final int IOCB_OPCODE = IOCB + 16;
  private static final int IOCB_FD = IOCB + 20;
  private static final int IOCB_BUFFER = IOCB + 24;
  private static final int IOCB_LENGTH = IOCB + 32;
  private static final int IOCB_OFFSET = IOCB + 40;
  private static final int BLOCK_BYTES = 128;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(BLOCK_BYTES).order(ByteOrder.nativeOrder());
  private final long memoryAddress = Native.address(memory);
  private final long context;
  private boolean inFlight;
  private boolean closed;

  private AioSlot() throws PosixException {
    if (Native.C.syscall(Architecture.CURRENT.ioSetup, 1, memoryAddress + CONTEXT, 0, 0) < 0) {
      throw PosixException.last("io_setup", "");
    }
    context = memory.getLong(CONTEXT);
    memory.putLong(IOCB_POINTER, memoryAddress + IOCB);
  }

  /** Opens a kernel context; -EAGAIN when /proc/sys/fs/aio-max-nr is exhausted. */
  public static AioSlot open() throws PosixException {
    return new AioSlot();
  }

  /**
   * Starts a read.
   *
   * @param fd open file
   * @param address where the bytes go, aligned for O_DIRECT files
   * @param lengthBytes how many
   * @param offsetBytes where in the file
   * @throws PosixException when the kernel refuses the request; nothing is in flight then
   * @throws IllegalStateException while the previous I/O is in flight, or when closed
   */
  public void submitRead(int fd, long address, int lengthBytes, long offsetBytes)
      throws PosixException {
    submit(PREAD, fd, address, lengthBytes, offsetBytes);
  }

  /** Starts a write; parameters and errors as for {@link #submitRead}. */
  public void submitWrite(int fd, long address, int lengthBytes, long offsetBytes)
      throws PosixException {
    submit(PWRITE, fd, address, lengthBytes, offsetBytes);
  }

  /**
   * Waits for the completion of the I/O in flight.
   *
   * @param timeoutNanos longest wait; 0 polls
   * @return bytes transferred (fewer than asked for at the end of a file), the negative errno of
   *     the I/O, or {@link #PENDING} when the time is over and the I/O still in flight
   * @throws IllegalStateException when nothing is in flight
   */
  public long await(long timeoutNanos) throws PosixException {
    if (!inFlight) {
      throw new IllegalStateException("no I/O in flight");
    }
    if (timeoutNanos < 0) {
      throw new IllegalArgumentException("timeoutNanos " + timeoutNanos);
    }
    long startNanos = MonotonicClock.nanos();
    long remainingNanos = timeoutNanos;
    while (true) {
      memory.putLong(TIMESPEC, remainingNanos / NANOS_PER_SECOND);
      memory.putLong(TIMESPEC + 8, remainingNanos % NANOS_PER_SECOND);
      long count =
          Native.syscall5(
              Architecture.CURRENT.ioGetevents,
              context,
              1,
              1,
              memoryAddress + EVENT,
              memoryAddress + TIMESPEC);
      if (count == 1) {
        return complete();
      }
      if (count < 0 && Native.errno() != Errno.EINTR) {
        throw PosixException.last("io_getevents", "");
      }
      remainingNanos = timeoutNanos - (MonotonicClock.nanos() - startNanos);
      if (remainingNanos <= 0) {
        return PENDING;
      }
    }
  }

  /** Whether an I/O was submitted whose completion has not been seen yet. */
  public boolean inFlight() {
    return inFlight;
  }

  /**
   * Gives the kernel context back. Destroying it with an I/O in flight would block for as long as
   * the I/O does.
   *
   * @throws IllegalStateException while an I/O is in flight
   */
  @Override
  public void close() {
    if (inFlight) {
      throw new IllegalStateException("I/O in flight");
    }
    if (!closed) {
      closed = true;
      long unused = Native.C.syscall(Architecture.CURRENT.ioDestroy, context, 0, 0, 0);
    }
  }

  private void submit(short opcode, int fd, long address, int lengthBytes, long offsetBytes)
      throws PosixException {
    if (inFlight || closed) {
      throw new IllegalStateException(closed ? "closed" : "I/O in flight");
    }
    memory.putShort(IOCB_OPCODE, opcode);
    memory.putInt(IOCB_FD, fd);
    memory.putLong(IOCB_BUFFER, address);
    memory.putLong(IOCB_LENGTH, lengthBytes);
    memory.putLong(IOCB_OFFSET, offsetBytes);
    // Set first: should the call not return normally, the memory counts as the kernel's.
    inFlight = true;
    long submitted =
        Native.C.syscall(
            Architecture.CURRENT.ioSubmit, context, 1, memoryAddress + IOCB_POINTER, 0);
    if (submitted != 1) {
      inFlight = false;
      int errno = submitted < 0 ? Native.errno() : Errno.EAGAIN;
      throw new PosixException("io_submit", "fd " + fd, errno);
    }
  }

  private long complete() {
    if (memory.getLong(EVENT_OBJECT) != memoryAddress + IOCB) {
      throw new IllegalStateException("completion of a foreign control block");
    }
    inFlight = false;
    return memory.getLong(EVENT_RESULT);
  }
}
