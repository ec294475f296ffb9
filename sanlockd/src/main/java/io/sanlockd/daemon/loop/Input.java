package io.sanlockd.daemon.loop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Bytes received on one connection and not consumed yet. The buffer is small, grows out of the
 * shared budget as the bytes of a large request really arrive, and shrinks back when they are
 * consumed.
 */
final class Input {
  /** Size of the buffer every connection may have beside the budget. */
  static final int SMALL_BYTES = 2048;

  private final MemoryBudget budget;
  private final int maxBytes;
  private ByteBuffer buffer;
  private int start;
  private int end;

  /**
   * An empty input.
   *
   * @param maxBytes most bytes that will ever be asked for at a time, unless that is less than the
   *     small buffer
   */
  Input(MemoryBudget budget, int maxBytes) {
    this.budget = budget;
    this.maxBytes = maxBytes;
  }

  int size() {
    return end - start;
  }

  /** Makes room for {@code bytes} more; false when the budget does not allow it. */
  boolean makeRoom(int bytes) {
    if (buffer == null) {
      buffer = ByteBuffer.allocate(SMALL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
    if (end + bytes <= buffer.capacity()) {
      return true;
    }
    int needed = size() + bytes;
    if (needed <= buffer.capacity()) {
      moveTo(buffer);
      return true;
    }
    int capacity = Math.max(needed, Math.min(2 * buffer.capacity(), maxBytes));
    if (!budget.tryReserve(capacity)) {
      return false;
    }
    ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer old = buffer;
    moveTo(larger);
    release(old);
    return true;
  }

  /** Appends what {@link #makeRoom} made room for. */
  void append(ByteBuffer bytes) {
    int count = bytes.remaining();
    buffer.put(end, bytes, bytes.position(), count);
    bytes.position(bytes.limit());
    end += count;
  }

  /** The first {@code bytes} bytes, read-only, little endian, from position 0. */
  ByteBuffer view(int bytes) {
    if (bytes == 0) {
      return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    return buffer.slice(start, bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  void consume(int bytes) {
    start += bytes;
    if (start == end) {
      start = 0;
      end = 0;
    }
  }

  /** Gives memory back that the remaining bytes do not need. Views are invalid afterwards. */
  void shrink() {
    if (buffer != null && buffer.capacity() > SMALL_BYTES && size() <= SMALL_BYTES) {
      ByteBuffer old = buffer;
      moveTo(ByteBuffer.allocate(SMALL_BYTES).order(ByteOrder.LITTLE_ENDIAN));
      release(old);
    }
  }

  /** Forgets everything. */
  void clear() {
    if (buffer != null) {
      release(buffer);
      buffer = null;
    }
    start = 0;
    end = 0;
  }

  private void moveTo(ByteBuffer target) {
    int size = size();
    target.put(0, buffer, start, size);
    buffer = target;
    start = 0;
    end = size;
  }

  private void release(ByteBuffer old) {
    if (old.capacity() > SMALL_BYTES) {
      budget.release(old.capacity());
    }
  }
}
