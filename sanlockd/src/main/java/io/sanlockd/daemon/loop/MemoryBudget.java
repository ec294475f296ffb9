package io.sanlockd.daemon.loop;

/** Memory shared by the large input buffers of all connections. */
final class MemoryBudget {
  private final long limitBytes;
  private long usedBytes;

  MemoryBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  boolean tryReserve(long bytes) {
    if (usedBytes + bytes > limitBytes) {
      return false;
    }
    usedBytes += bytes;
    return true;
  }

  void release(long bytes) {
    usedBytes -= bytes;
  }

  long usedBytes() {
    return usedBytes;
  }
}
