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
  private final List<Transfer> late = new ArrayList<>();
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
    private final AioSlot slot;
    private final LeaseBuffer buffer;
    private final long offset;
    private final boolean write;
    private final int length;

    private Transfer(AioSlot slot, LeaseBuffer buffer, long offset, boolean write) {
      this.slot = slot;
      this.buffer = buffer;
      this.offset = offset;
      this.write = write;
      this.length = buffer.length();
    }

    AioSlot slot() {
      return slot;
    }

    LeaseBuffer buffer() {
      return buffer;
    }

    boolean isWrite() {
      return write;
    }

    /** The kernel has reported the end of the I/O: slot and descriptor are ours again. */
    void settle() {
      slots.giveBack(slot);
      synchronized (late) {
        late.remove(this);
        closeIfUnused();
      }
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
  public LeaseBuffer buffer(int length) {
    return buffers.take(length);
  }

  @Override
  public LeaseBuffer read(long offset, int length, long timeoutNanos) throws LeaseException {
    LeaseBuffer buffer = buffers.take(length);
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
    AioSlot slot;
    try {
      checkUsable();
      slot = slots.take();
    } catch (LeaseException e) {
      buffer.close();
      throw e;
    }
    Transfer transfer = new Transfer(slot, buffer, offset, write);
    long transferred;
    try {
      submit(transfer);
      transferred = slot.await(timeoutNanos);
    } catch (PosixException e) {
      slots.giveBack(slot);
      buffer.close();
      throw new LeaseException(-e.errno(), transfer + ": " + e.getMessage());
    }
    if (transferred == AioSlot.PENDING) {
      synchronized (late) {
        late.add(transfer);
      }
      throw new IoTimeoutException(transfer + " timed out", reaper.watch(transfer));
    }
    slots.giveBack(slot);
    try {
      transfer.check(transferred);
    } catch (LeaseException e) {
      buffer.close();
      throw e;
    }
  }

  private void submit(Transfer transfer) throws PosixException {
    long address = AlignedMemory.address(transfer.buffer.bytes());
    if (transfer.write) {
      transfer.slot.submitWrite(fd, address, transfer.length, transfer.offset);
    } else {
      transfer.slot.submitRead(fd, address, transfer.length, transfer.offset);
    }
  }

  private void checkUsable() throws LeaseException {
    synchronized (late) {
      if (closed) {
        throw new LeaseException(ResultCode.EBADF, path + " is closed");
      }
      if (late.size() >= LATE_LIMIT) {
        throw new LeaseException(
            ResultCode.ENOENT, late.size() + " timed-out I/Os are outstanding on " + path);
      }
    }
  }

  @Override
  public boolean settled(long offset, long length) {
    synchronized (late) {
      for (Transfer transfer : late) {
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
    synchronized (late) {
      closed = true;
      closeIfUnused();
    }
  }

  private void closeIfUnused() {
    if (closed && late.isEmpty() && !descriptorClosed) {
      descriptorClosed = true;
      Fd.close(fd);
    }
  }
}
