package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.Check;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.AlignedMemory;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps page-aligned buffers for reuse, by length. A buffer whose I/O is in flight is not here: it
 * comes back when the kernel has reported its end. Thread-safe.
 *
 * <p>Nothing is given back to the system, so that there are as many buffers of a length as were
 * ever in use at once. Java frees such memory only in a full collection, which stops every thread,
 * and makes one for each new buffer near its limit for direct memory: eight readers of 8 MiB in a
 * daemon of 64 MiB once spent their time there, and beyond the limit the daemon ended.
 */
public final class LeaseBufferPool {
  private static final int SECTOR = 512;

  /**
   * Less than the limit of the launcher for direct memory (-XX:MaxDirectMemorySize). Room for the
   * largest areas, 8 MiB, of the 256 workers there can be and of 240 lockspaces beside them.
   */
  private static final long DEFAULT_LIMIT_BYTES = (4L << 30) - (64L << 20);

  private final long limitBytes;
  private final Map<Integer, ArrayDeque<LeaseBuffer>> free = new HashMap<>();
  private long allocatedBytes;

  /** An empty pool with room for all that a daemon may have in use at once. */
  public LeaseBufferPool() {
    this(DEFAULT_LIMIT_BYTES);
  }

  /**
   * An empty pool.
   *
   * @param limitBytes of all buffers together, those in use included
   */
  LeaseBufferPool(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /**
   * A zeroed buffer.
   *
   * @param length bytes, a positive multiple of 512
   * @throws LeaseException -12 at the limit
   */
  public LeaseBuffer take(int length) throws LeaseException {
    LeaseBuffer buffer = takeToFill(length);
    buffer.clear();
    return buffer;
  }

  /**
   * A buffer with anything in it, for a read: what is not overwritten to the last byte must not be
   * looked at.
   *
   * @param length bytes, a positive multiple of 512
   * @throws LeaseException -12 at the limit
   */
  LeaseBuffer takeToFill(int length) throws LeaseException {
    Check.argument(length > 0 && length % SECTOR == 0, "bad buffer length");
    synchronized (this) {
      ArrayDeque<LeaseBuffer> sameLength = free.get(length);
      if (sameLength != null && !sameLength.isEmpty()) {
        LeaseBuffer buffer = sameLength.removeLast();
        buffer.lend();
        return buffer;
      }
      if (allocatedBytes + length > limitBytes) {
        throw new LeaseException(
            ResultCode.ENOMEM, allocatedBytes + " bytes of buffers for disks are in use");
      }
      allocatedBytes += length;
    }
    return new LeaseBuffer(AlignedMemory.allocate(length), this);
  }

  synchronized void giveBack(LeaseBuffer buffer) {
    free.computeIfAbsent(buffer.length(), length -> new ArrayDeque<>()).addLast(buffer);
  }
}
