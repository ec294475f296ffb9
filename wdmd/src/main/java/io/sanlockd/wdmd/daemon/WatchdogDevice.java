package io.sanlockd.wdmd.daemon;

/**
 * A watchdog device, open or not. Results are 0 or more, or a negative errno. One thread.
 *
 * <p>What the kernel does: {@link #open} arms it. {@link #close} after {@link #disarm} stops it;
 * any other close, also by the death of the process, pings once more and lets it count on.
 */
interface WatchdogDevice {
  /** Path for messages. */
  String path();

  /**
   * Opens it if nobody else has it open (-EBUSY).
   *
   * @return 0 or a negative errno
   */
  int open();

  /** Fire timeout in seconds or a negative errno. */
  int timeout();

  /** Sets the fire timeout in seconds and pings; 0 or a negative errno. */
  int setTimeout(int seconds);

  /** Pings: the count starts anew. 0 or a negative errno. */
  int ping();

  /** Writes the magic character, which makes the next close stop it. 0 or a negative errno. */
  int disarm();

  /** Closes it, whatever the outcome. */
  void close();

  /**
   * Whether nothing stops it once it was opened. Then {@link #disarm} has no effect, and to close
   * it means a reset. False if that is not known.
   */
  boolean noWayOut();
}
