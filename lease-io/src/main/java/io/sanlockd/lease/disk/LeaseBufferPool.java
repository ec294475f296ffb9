package io.sanlockd.lease.disk;

import io.sanlockd.model.Check;
import io.sanlockd.posix.AlignedMemory;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps page-aligned buffers for reuse, by length. A buffer whose I/O is in flight is not here: it
 * comes back when the kernel has reported its end. Thread-safe.
 */
public final class LeaseBufferPool {
  private static final int SECTOR = 512;
  private static final long KEPT_BYTES_LIMIT = 16L << 20;

  private final Map<Integer, ArrayDeque<LeaseBuffer>> free = new HashMap<>();
  private long keptBytes;

  /**
   * A zeroed buffer.
   *
   * @param length bytes, a positive multiple of 512
   */
  public LeaseBuffer take(int length) {
    LeaseBuffer buffer = takeToFill(length);
    buffer.clear();
    return buffer;
  }

  /**
   * A buffer with anything in it, for a read: what is not overwritten to the last byte must not be
   * looked at.
   *
   * @param length bytes, a positive multiple of 512
   */
  LeaseBuffer takeToFill(int length) {
    Check.argument(length > 0 && length % SECTOR == 0, "bad buffer length");
    LeaseBuffer buffer;
    synchronized (this) {
      ArrayDeque<LeaseBuffer> sameLength = free.get(length);
      buffer = sameLength == null ? null : sameLength.pollLast();
      if (buffer != null) {
        keptBytes -= length;
      }
    }
    if (buffer == null) {
      return new LeaseBuffer(AlignedMemory.allocate(length), this);
    }
    buffer.lend();
    return buffer;
  }

  synchronized void giveBack(LeaseBuffer buffer) {
    if (keptBytes + buffer.length() <= KEPT_BYTES_LIMIT) {
      free.computeIfAbsent(buffer.length(), length -> new ArrayDeque<>()).addLast(buffer);
      keptBytes += buffer.length();
    }
  }
}
