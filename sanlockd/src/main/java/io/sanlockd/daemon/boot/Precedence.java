package io.sanlockd.daemon.boot;

import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.MemoryLock;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.RealTime;

/**
 * Memory locking and scheduling (recovery.md 12), so that renewals wait neither for paging nor for
 * other programs. What the system refuses is logged and done without.
 */
final class Precedence {
  private static final int LOCK_CURRENT = 1;

  private final int mlockLevel;
  private final boolean highPriority;
  private final LeaseLog log;

  Precedence(int mlockLevel, boolean highPriority, LeaseLog log) {
    this.mlockLevel = mlockLevel;
    this.highPriority = highPriority;
    this.log = log;
  }

  /** Keeps the process in memory, as configured. */
  void lockMemory() {
    try {
      if (mlockLevel == LOCK_CURRENT) {
        MemoryLock.lockCurrent();
      } else if (mlockLevel > LOCK_CURRENT) {
        MemoryLock.lockCurrentAndFuture();
      }
    } catch (PosixException e) {
      log.error("mlockall " + mlockLevel + " failed: " + e.getMessage());
    }
  }

  /** Makes the calling thread real-time, if configured; others do not inherit that. */
  void enterThread() {
    if (highPriority) {
      try {
        RealTime.enter();
      } catch (PosixException e) {
        log.error("set scheduler RR|RESET_ON_FORK failed: " + e.getMessage());
      }
    }
  }
}
