package io.sanlockd.posix;

/** Real-time scheduling. */
public final class RealTime {
  private static final int SCHED_RR = 2;
  private static final int SCHED_RESET_ON_FORK = 0x40000000;

  private RealTime() {}

  /**
   * Gives the <em>calling thread</em> SCHED_RR at the highest priority. Neither threads nor
   * processes that it starts inherit that.
   *
   * @return the priority
   */
  public static int enter() throws PosixException {
    int priority = Native.C.sched_get_priority_max(SCHED_RR);
    Native.Scratch scratch = Native.scratch();
    scratch.buffer.putInt(0, priority);
    if (Native.C.sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, scratch.address) < 0) {
      throw PosixException.last("sched_setscheduler", "RR priority " + priority);
    }
    return priority;
  }

  /** Whether the calling thread has it. */
  public static boolean entered() throws PosixException {
    int policy = Native.C.sched_getscheduler(0);
    if (policy < 0) {
      throw PosixException.last("sched_getscheduler", "");
    }
    return (policy & ~SCHED_RESET_ON_FORK) == SCHED_RR;
  }
}
