package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.posix.AioSlot;
import io.sanlockd.posix.PosixException;
import java.util.ArrayDeque;

/** Idle kernel AIO contexts, reused from I/O to I/O. Thread-safe. */
final class AioSlots {
  private static final int KEPT_LIMIT = 64;

  private final ArrayDeque<AioSlot> idle = new ArrayDeque<>();

  AioSlot take() throws LeaseException {
    synchronized (idle) {
      AioSlot slot = idle.pollLast();
      if (slot != null) {
        return slot;
      }
    }
    try {
      return AioSlot.open();
    } catch (PosixException e) {
      throw new LeaseException(
          -e.errno(), "no kernel AIO context (see /proc/sys/fs/aio-max-nr): " + e.getMessage());
    }
  }

  void giveBack(AioSlot slot) {
    synchronized (idle) {
      if (idle.size() < KEPT_LIMIT) {
        idle.addLast(slot);
        return;
      }
    }
    slot.close();
  }
}
