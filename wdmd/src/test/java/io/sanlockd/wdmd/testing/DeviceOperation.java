package io.sanlockd.wdmd.testing;

/**
 * Something that happened to a watchdog device.
 *
 * @param timeNanos CLOCK_MONOTONIC
 * @param what kind
 * @param number fire timeout in seconds, byte written or errno, as the kind says
 */
public record DeviceOperation(long timeNanos, Kind what, int number) {
  /** Kinds of operations. */
  public enum Kind {
    /** Opened, and thereby armed; number = fire timeout. */
    OPEN,

    /** A second process tried to open it. */
    BUSY,

    /** An opening that was made to fail; number = errno. */
    OPEN_FAILED,
    KEEPALIVE,
    KEEPALIVE_FAILED,

    /** Number = fire timeout. */
    GETTIMEOUT,
    GETTIMEOUT_FAILED,

    /** Number = new fire timeout. */
    SETTIMEOUT,

    /** Number = the refused timeout or the errno. */
    SETTIMEOUT_FAILED,

    /** Number = last byte written. */
    WRITE,
    WRITE_FAILED,

    /** Closed and disarmed. */
    CLOSE_CLEAN,

    /** Closed without disarming, by the program or by its death: pinged once more, counts on. */
    CLOSE_UNCLEAN,

    /** The test changed what fails; number = errno. */
    FAILING
  }

  @Override
  public String toString() {
    return String.format(
        "%d.%03d %s %d", timeNanos / 1_000_000_000, timeNanos / 1_000_000 % 1000, what, number);
  }
}
