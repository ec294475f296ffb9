package io.sanlockd.reset;

/** The event bits of hosts that reset each other, and their names in messages (consumers.md 9). */
final class ResetEvents {
  /** Please let your watchdog reset you. */
  static final long RESET = 1;

  /** I do. */
  static final long RESETTING = 2;

  /** Please reboot by the kernel's sysrq. */
  static final long REBOOT = 4;

  /** I do. */
  static final long REBOOTING = 8;

  static final long REQUESTS = RESET | REBOOT;
  static final long REPLIES = RESETTING | REBOOTING;

  private ResetEvents() {}

  /** Names of the requests, a blank behind each. */
  static String requests(long bits) {
    return ((bits & RESET) != 0 ? "reset " : "") + ((bits & REBOOT) != 0 ? "reboot " : "");
  }

  /** Names of the replies, a blank behind each. */
  static String replies(long bits) {
    return ((bits & RESETTING) != 0 ? "resetting " : "")
        + ((bits & REBOOTING) != 0 ? "rebooting " : "");
  }
}
