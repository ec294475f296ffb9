package io.sanlockd.lease;

import io.sanlockd.model.Check;
import io.sanlockd.model.FireTimeout;

/**
 * The intervals that derive from an io_timeout (timeouts.md 1). All values in seconds unless the
 * name says otherwise.
 *
 * @param ioTimeout limit of one disk operation of the host concerned, 1..255
 * @param fireTimeout watchdog_fire_timeout, equal on all hosts that share storage
 */
public record LeaseTimes(int ioTimeout, int fireTimeout) {
  /** Default io_timeout. */
  public static final int DEFAULT_IO_TIMEOUT = 10;

  /** Time from the last watchdog ping to the hardware reset, fixed in 3.8.5. */
  public static final int DEFAULT_FIRE_TIMEOUT = FireTimeout.DEFAULT_SECONDS;

  /** Largest io_timeout that fits the eight bits it has on disk. */
  public static final int MAX_IO_TIMEOUT = 255;

  private static final int RENEWAL_FACTOR = 2;
  private static final int WARN_FACTOR = 6;

  /** Checks the range. */
  public LeaseTimes {
    Check.argument(
        ioTimeout >= 1 && ioTimeout <= MAX_IO_TIMEOUT,
        "io_timeout " + ioTimeout + " not in 1..255");
    Check.argument(fireTimeout >= 0, "negative fire timeout");
  }

  /** The times of another host, by the io_timeout in its delta lease; 0 means unknown: ours. */
  public LeaseTimes ofOther(int otherIoTimeout) {
    int known = otherIoTimeout & 0xff;
    return known == 0 ? this : new LeaseTimes(known, fireTimeout);
  }

  /** Pause between renewals. */
  public int renewalSeconds() {
    return RENEWAL_FACTOR * ioTimeout;
  }

  /** Age of the last renewal at which warnings start. */
  public int warnSeconds() {
    return WARN_FACTOR * ioTimeout;
  }

  /** Age of the last renewal at which the lease is lost. */
  public int failSeconds() {
    return FireTimeout.failSeconds(ioTimeout);
  }

  /** Age of the last renewal at which the host is certainly reset. */
  public int deadSeconds() {
    return FireTimeout.deadSeconds(ioTimeout, fireTimeout);
  }

  /** Wait after writing a new ownership of a host_id. */
  public int shortDelaySeconds() {
    return 2 * ioTimeout;
  }

  /** Limit of one disk operation in nanoseconds. */
  public long ioTimeoutNanos() {
    return ioTimeout * Clock.SECOND_NANOS;
  }

  /**
   * Longest time that may pass between issuing a read and writing what follows from it, in
   * nanoseconds: at least a second, at most the io_timeout (paxos-lease.md 26, H3).
   */
  public long readToWriteLimitNanos() {
    return Math.min(ioTimeoutNanos(), Math.max(Clock.SECOND_NANOS, ioTimeoutNanos() / 2));
  }
}
