package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.posix.PosixException;
import java.util.ArrayDeque;

/** Idle kernel AIO contexts, reused from I/O to I/O. Thread-safe. */
final class AioSlots {
  private static final int KEPT_LIMIT = 64;

  /** Where new contexts come from. */
  @FunctionalInterface
  interface Opener {
    KernelIo open() throws PosixException;
  }

  private final Opener opener;
  private final ArrayDeque<KernelIo> idle = new ArrayDeque<>();

  AioSlots(Opener opener) {
    this.opener = opener;
  }

  KernelIo take() throws LeaseException {
    synchronized (idle) {
      KernelIo slot = idle.pollLast();
      if (slot != null) {
        return slot;
      }
    }
    try {
      return opener.open();
    } catch (PosixException e) {
      throw new LeaseException(
          -e.errno(), "no kernel AIO context (see /proc/sys/fs/aio-max-nr): " + e.getMessage());
    }
  }

  void giveBack(KernelIo slot) {
    synchronized (idle) {
      if (idle.size() < KEPT_LIMIT) {
        idle.addLast(slot);
        return;
      }
    }
    slot.close();
  }
}
