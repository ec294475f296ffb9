package io.sanlockd.posix;

/** Facts about the calling thread. */
public final class Threads {
  private Threads() {}

  /** Kernel id of the calling thread (gettid), as seen in /proc and by schedulers. */
  public static int tid() {
    return (int) Native.C.syscall(Architecture.CURRENT.gettid, 0, 0, 0, 0);
  }
}
