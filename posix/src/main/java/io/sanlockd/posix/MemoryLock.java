package io.sanlockd.posix;

/** Keeping this process in memory (mlockall), so that a renewal never waits for paging. */
public final class MemoryLock {
  private static final int MCL_CURRENT = 1;
  private static final int MCL_FUTURE = 2;
  private static final int MCL_ONFAULT = 4;

  private MemoryLock() {}

  /**
   * Locks what is mapped now. Pages that were never touched are locked when they are: a JVM
   * reserves far more than it uses, and to fill all of that would take four times the memory.
   */
  public static void lockCurrent() throws PosixException {
    lock(MCL_CURRENT | MCL_ONFAULT, "current");
  }

  /** Likewise, and also what will be mapped. */
  public static void lockCurrentAndFuture() throws PosixException {
    lock(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT, "current and future");
  }

  private static void lock(int flags, String which) throws PosixException {
    if (Native.C.mlockall(flags) < 0) {
      throw PosixException.last("mlockall", which);
    }
  }
}
