package io.sanlockd.daemon.incarnation;

/** Tells processes from later ones with the same number. */
public interface ProcessLife {
  /** When a process was started, in the kernel's ticks; -1 = unknown. */
  long startTicks(int pid);

  /**
   * Whether the process is certainly gone.
   *
   * @param startTicks when it was started, -1 = unknown: then whoever has its number is taken for
   *     it
   */
  boolean gone(int pid, long startTicks);
}
