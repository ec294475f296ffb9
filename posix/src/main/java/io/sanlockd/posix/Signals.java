package io.sanlockd.posix;

/** Signal numbers (the same on x86-64 and aarch64) and kill(2). */
public final class Signals {
  public static final int HUP = 1;
  public static final int INT = 2;
  public static final int QUIT = 3;
  public static final int KILL = 9;
  public static final int USR1 = 10;
  public static final int USR2 = 12;
  public static final int PIPE = 13;
  public static final int TERM = 15;
  public static final int CHLD = 17;
  public static final int CONT = 18;
  public static final int STOP = 19;

  private Signals() {}

  /**
   * Sends a signal to one process. Allocation-free.
   *
   * @param pid process id; 0 and negative numbers mean groups and everybody and are never sent
   * @param signal signal number, 0 to ask whether the process exists
   * @return 0 or a negative errno: -ESRCH no such process, -EPERM, -EINVAL
   */
  public static int kill(int pid, int signal) {
    if (pid <= 0) {
      return -Errno.EINVAL;
    }
    return Native.C.kill(pid, signal) == 0 ? 0 : -Native.errno();
  }
}
