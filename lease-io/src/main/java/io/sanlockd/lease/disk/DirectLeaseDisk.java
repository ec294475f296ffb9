package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.AioSlot;
import io.sanlockd.posix.AlignedMemory;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.PosixException;
import java.util.ArrayList;
import java.util.List;

/**
 * A file or block device opened with O_DIRECT and O_SYNC, driven by kernel AIO. Each I/O has a slot
 * of its own for its duration; a slot whose I/O timed out goes to the {@link LateIoReaper} together
 * with its buffer and comes back when the kernel has reported the end of it.
 */
final class DirectLeaseDisk implements LeaseDisk {
  /** More timed-out I/Os on one disk than this mean that it is dead: fail at once. */
  private static final int LATE_LIMIT = 16;

  private final String path;
  private final int fd;
  private final int storageSectorSize;
  private final LeaseBufferPool buffers;
  private final AioSlots slots;
  private final LateIoReaper reaper;

  /** Every I/O from before its submission until the kernel has reported its end. */
  private final List<Transfer> inFlight = new ArrayList<>();

  private int lateCount;
  private boolean closed;
  private boolean descriptorClosed;

  DirectLeaseDisk(
      String path,
      int fd,
      int storageSectorSize,
      LeaseBufferPool buffers,
      AioSlots slots,
      LateIoReaper reaper) {
    this.path = path;
    this.fd = fd;
    this.storageSectorSize = storageSectorSize;
    this.buffers = buffers;
    this.slots = slots;
    this.reaper = reaper;
  }

  /** One read or write on its way; what the reaper needs to finish it late. */
  final class Transfer {
    private final KernelIo slot;
    private final LeaseBuffer buffer;
    private final long offset;
    private final boolean write;
    private final int length;

    private Transfer(KernelIo slot, LeaseBuffer buffer, long offset, boolean write) {
      this.slot = slot;
      this.buffer = buffer;
      this.offset = offset;
      this.write = write;
      this.length = buffer.length();
    }

    KernelIo slot() {
      return slot;
    }

    LeaseBuffer buffer() {
      return buffer;
    }

    boolean isWrite() {
      return write;
    }

    /** The kernel has reported the end of the late I/O: slot and descriptor are ours again. */
    void settle() {
      end(this, true);
    }

    /** Turns what the kernel reported into success or an exception. */
    void check(long transferred) throws LeaseException {
      if (transferred < 0) {
        throw new LeaseException(
            (int) transferred, this + " failed: " + Errno.text((int) -transferred));
      }
      if (transferred != length) {
        throw new LeaseException(
            ResultCode.EMSGSIZE, this + " transferred " + transferred + " bytes");
      }
    }

    @Override
    public String toString() {
      return (write ? "write of " : "read of ")
          + length
          + " bytes at offset "
          + offset
          + " of "
          + path;
    }
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int storageSectorSize() {
    return storageSectorSize;
  }

  @Override
  public LeaseBuffer buffer(int length) throws LeaseException {
    return buffers.take(length);
  }

  @Override
  public LeaseBuffer read(long offset, int length, long timeoutNanos) throws LeaseException {
    LeaseBuffer buffer = buffers.takeToFill(length);
    transfer(buffer, offset, false, timeoutNanos);
    return buffer;
  }

  @Override
  public void write(long offset, LeaseBuffer buffer, long timeoutNanos) throws LeaseException {
    transfer(buffer, offset, true, timeoutNanos);
    buffer.close();
  }

  /** Runs one I/O; unless it is late, the buffer is back in our hands or in the pool. */
  private void transfer(LeaseBuffer buffer, long offset, boolean write, long timeoutNanos)
      throws LeaseException {
    if (timeoutNanos <= 0) {
      buffer.close();
      throw new LeaseException(ResultCode.EINVAL, "no time for an I/O on " + path);
    }
    Transfer transfer;
    try {
      transfer = begin(buffer, offset, write);
    } catch (LeaseException e) {
      buffer.close();
      throw e;
    }
    long transferred;
    try {
      KernelIo slot = transfer.slot;
      slot.submit(write, fd, AlignedMemory.address(buffer.bytes()), transfer.length, offset);
      transferred = slot.await(timeoutNanos);
    } catch (PosixException e) {
      if (transfer.slot.inFlight()) {
        // Only the waiting failed: buffer and slot are still the kernel's.
        throw tooLate(transfer, e.getMessage());
      }
      end(transfer, false);
      buffer.close();
      throw new LeaseException(-e.errno(), transfer + ": " + e.getMessage());
    }
    if (transferred == AioSlot.PENDING) {
      throw tooLate(transfer, "timed out");
    }
    end(transfer, false);
    try {
      transfer.check(transferred);
    } catch (LeaseException e) {
      buffer.close();
      throw e;
    }
  }

  private Transfer begin(LeaseBuffer buffer, long offset, boolean write) throws LeaseException {
    synchronized (inFlight) {
      if (closed) {
        throw new LeaseException(ResultCode.EBADF, path + " is closed");
      }
      if (lateCount >= LATE_LIMIT) {
        throw new LeaseException(
            ResultCode.ENOENT, lateCount + " timed-out I/Os are outstanding on " + path);
      }
      Transfer transfer = new Transfer(slots.take(), buffer, offset, write);
      inFlight.add(transfer);
      return transfer;
    }
  }

  private IoTimeoutException tooLate(Transfer transfer, String why) {
    synchronized (inFlight) {
      lateCount++;
    }
    return new IoTimeoutException(transfer + " " + why, reaper.watch(transfer));
  }

  /** Nothing of the I/O is in flight any more. */
  private void end(Transfer transfer, boolean wasLate) {
    slots.giveBack(transfer.slot);
    synchronized (inFlight) {
      inFlight.remove(transfer);
      if (wasLate) {
        lateCount--;
      }
      closeIfUnused();
    }
  }

  @Override
  public boolean settled(long offset, long length) {
    synchronized (inFlight) {
      for (Transfer transfer : inFlight) {
        boolean overlaps =
            transfer.offset < offset + length && offset < transfer.offset + transfer.length;
        if (transfer.write && overlaps) {
          return false;
        }
      }
      return true;
    }
  }

  @Override
  public void close() {
    synchronized (inFlight) {
      closed = true;
      closeIfUnused();
    }
  }

  /** Its number must not become another file's while an I/O, submitted or not, still names it. */
  private void closeIfUnused() {
    if (closed && inFlight.isEmpty() && !descriptorClosed) {
      descriptorClosed = true;
      Fd.close(fd);
    }
  }
}
