package io.sanlockd.posix;

/** Giving up root, and what has to be raised before. The C library changes all threads at once. */
public final class Privileges {
  private static final int RLIMIT_CORE = 4;
  private static final int RLIMIT_MEMLOCK = 8;
  private static final int RLIMIT_RTPRIO = 14;
  private static final long RLIM_INFINITY = -1;
  private static final int PR_SET_DUMPABLE = 4;

  /** A limit of this process and of what it starts. */
  public enum Limit {
    LOCKED_MEMORY(RLIMIT_MEMLOCK),
    REAL_TIME_PRIORITY(RLIMIT_RTPRIO),
    CORE_SIZE(RLIMIT_CORE);

    private final int number;

    Limit(int number) {
      this.number = number;
    }
  }

  private Privileges() {}

  /** Removes a limit, soft and hard; needs CAP_SYS_RESOURCE. */
  public static void unlimit(Limit limit) throws PosixException {
    Native.Scratch scratch = Native.scratch();
    scratch.buffer.putLong(0, RLIM_INFINITY);
    scratch.buffer.putLong(Long.BYTES, RLIM_INFINITY);
    if (Native.C.setrlimit(limit.number, scratch.address) < 0) {
      throw PosixException.last("setrlimit", limit.toString());
    }
  }

  /** Takes the supplementary groups that the group database gives to a user; may be slow. */
  public static void takeGroupsOf(String user, int gid) throws PosixException {
    if (Native.C.initgroups(Native.cString(user), gid) < 0) {
      throw PosixException.last("initgroups", user);
    }
  }

  /** Leaves all supplementary groups. */
  public static void leaveGroups() throws PosixException {
    if (Native.C.setgroups(0, 0) < 0) {
      throw PosixException.last("setgroups", "");
    }
  }

  /**
   * Becomes another user for ever, and stays able to write core files and to read its own /proc,
   * which a change of user otherwise ends.
   */
  public static void become(int uid, int gid) throws PosixException {
    if (Native.C.setgid(gid) < 0) {
      throw PosixException.last("setgid", Integer.toString(gid));
    }
    if (Native.C.setuid(uid) < 0) {
      throw PosixException.last("setuid", Integer.toString(uid));
    }
    if (Native.C.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0) {
      throw PosixException.last("prctl", "PR_SET_DUMPABLE");
    }
  }
}
