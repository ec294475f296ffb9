package io.sanlockd.lease.disk;

import io.sanlockd.model.Check;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * A page-aligned buffer for lease I/O with a Chronicle view of its bytes. Belongs to one owner at a
 * time: whoever got it from {@link LeaseDisk#buffer} or {@link LeaseDisk#read} gives it back with
 * {@link #close}; {@link LeaseDisk#write} takes it over. Not thread-safe.
 */
public final class LeaseBuffer implements AutoCloseable {
  private final ByteBuffer bytes;
  private final BytesStore<?, ByteBuffer> store;
  private final LeaseBufferPool pool;
  private boolean owned = true;

  LeaseBuffer(ByteBuffer bytes, LeaseBufferPool pool) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.store = BytesStore.wrap(bytes);
    this.pool = pool;
  }

  /** Length in bytes, a multiple of 512. */
  public int length() {
    return bytes.capacity();
  }

  /** The bytes as a Chronicle store; offsets are absolute. */
  public BytesStore<?, ByteBuffer> store() {
    Check.state(owned, "buffer used after it was given away");
    return store;
  }

  /** The bytes as a direct buffer; its position and limit cover everything. */
  public ByteBuffer bytes() {
    Check.state(owned, "buffer used after it was given away");
    return bytes.clear();
  }

  /** Gives the buffer back to its pool. */
  @Override
  public void close() {
    if (owned) {
      owned = false;
      pool.giveBack(this);
    }
  }

  void lend() {
    owned = true;
  }

  void clear() {
    store.zeroOut(0, bytes.capacity());
  }
}
