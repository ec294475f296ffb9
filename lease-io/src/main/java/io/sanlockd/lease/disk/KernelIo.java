package io.sanlockd.lease.disk;

import io.sanlockd.posix.AioSlot;
import io.sanlockd.posix.PosixException;

/** One I/O at a time in the hands of the kernel. Used by one thread at a time. */
interface KernelIo {
  /**
   * Starts an I/O; on an exception nothing is in flight.
   *
   * @param address of a page-aligned buffer that stays untouched while {@link #inFlight}
   */
  void submit(boolean write, int fd, long address, int length, long offset) throws PosixException;

  /**
   * Waits for the end of the I/O in flight.
   *
   * @return bytes transferred, a negative errno, or {@link AioSlot#PENDING}
   */
  long await(long timeoutNanos) throws PosixException;

  /** Whether the kernel still has the buffer. */
  boolean inFlight();

  /** Gives the kernel's resources back; nothing is in flight. */
  void close();

  /** A kernel AIO context. */
  static KernelIo open() throws PosixException {
    AioSlot slot = AioSlot.open();
    return new KernelIo() {
      @Override
      public void submit(boolean write, int fd, long address, int length, long offset)
          throws PosixException {
        if (write) {
          slot.submitWrite(fd, address, length, offset);
        } else {
          slot.submitRead(fd, address, length, offset);
        }
      }

      @Override
      public long await(long timeoutNanos) throws PosixException {
        return slot.await(timeoutNanos);
      }

      @Override
      public boolean inFlight() {
        return slot.inFlight();
      }

      @Override
      public void close() {
        slot.close();
      }
    };
  }
}
