package io.sanlockd.daemon.boot;

import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Privileges;
import io.sanlockd.posix.Privileges.Limit;
import java.io.IOException;

/**
 * Removal of the limits that would keep a daemon without root from locking its memory, from
 * real-time priority and from leaving a core file (recovery.md 12).
 */
final class ResourceLimits {
  private ResourceLimits() {}

  /** Something that removes them. */
  interface Removal {
    /** Fails with the text of the C program. */
    void apply() throws IOException;
  }

  /** Removes them; needs CAP_SYS_RESOURCE unless nothing has to be raised. */
  static void remove() throws IOException {
    remove(Limit.LOCKED_MEMORY, "memlock");
    remove(Limit.REAL_TIME_PRIORITY, "rtprio");
    remove(Limit.CORE_SIZE, "core dumps");
  }

  private static void remove(Limit limit, String name) throws IOException {
    try {
      Privileges.unlimit(limit);
    } catch (PosixException e) {
      throw new IOException("cannot set the limits for " + name + " " + e.errno(), e);
    }
  }
}
