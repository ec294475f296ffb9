package io.sanlockd.model;

/**
 * What follows from a watchdog_fire_timeout, the seconds from the last ping of a watchdog to the
 * reset, which must be equal on all hosts that share storage (timeouts.md 1, 7). All values in
 * seconds.
 */
public final class FireTimeout {
  /** Without a choice of the administrator, and always in 3.8.5. */
  public static final int DEFAULT_SECONDS = 60;

  private static final int MEDIUM_SECONDS = 30;
  private static final int SHORT_SECONDS = 10;

  /** Attempts to renew can begin this much later than two io_timeouts after the last renewal. */
  private static final int RENEWAL_DELAY_MILLIS = 1500;

  /** SIGKILL must come this long before the reset to be of use. */
  private static final int KILL_MARGIN_SECONDS = 8;

  /** From one renewal to the loss of the lease lie eight io_timeouts, to the next renewal two. */
  private static final int SPARE_IO_TIMEOUTS_MILLIS = 6000;

  private static final int FAIL_FACTOR = 8;

  private FireTimeout() {}

  /** Age of the last renewal at which a host has lost its lease. */
  public static int failSeconds(int ioTimeout) {
    return FAIL_FACTOR * ioTimeout;
  }

  /** Age of the last renewal at which a host is certainly reset. */
  public static int deadSeconds(int ioTimeout, int fireTimeout) {
    return failSeconds(ioTimeout) + fireTimeout;
  }

  /** Time that processes get to stop by themselves, when the administrator chose none. */
  public static int graceSeconds(int fireTimeout) {
    if (fireTimeout >= DEFAULT_SECONDS) {
      return 40;
    }
    return fireTimeout >= MEDIUM_SECONDS ? 15 : 0;
  }

  /** Time between two tests of wdmd while all is well (wdmd.md 5). */
  public static int testIntervalSeconds(int fireTimeout) {
    if (fireTimeout >= DEFAULT_SECONDS) {
      return 10;
    }
    return fireTimeout >= MEDIUM_SECONDS ? 5 : fireTimeout >= SHORT_SECONDS ? 2 : 1;
  }

  /**
   * The longest grace after which SIGKILL still comes in time, negative when none is short enough.
   *
   * @param testInterval of wdmd
   */
  public static int longestGraceSeconds(int fireTimeout, int testInterval) {
    return fireTimeout - testInterval - KILL_MARGIN_SECONDS;
  }

  /**
   * The smallest io_timeout with which wdmd does not stop petting the watchdog of a healthy host: a
   * renewal must come more than one test interval before the lease expires.
   *
   * @param testInterval of wdmd
   */
  public static int leastIoTimeoutSeconds(int testInterval) {
    return (testInterval * 1000 + RENEWAL_DELAY_MILLIS) / SPARE_IO_TIMEOUTS_MILLIS + 1;
  }

  /** The longest time from one renewal to the beginning of the next attempt, in milliseconds. */
  public static int renewalIntervalMillis(int ioTimeout) {
    return 2 * ioTimeout * 1000 + RENEWAL_DELAY_MILLIS;
  }
}
