package io.sanlockd.reset;

/** What resets this machine. Main thread only. */
interface Watchdog {
  /**
   * Lets the watchdog fire: from now on wdmd must not ping it any more. Never waits.
   *
   * @return 0 when wdmd has been told, or a negative errno
   */
  int fire();

  /** Nobody needs the watchdog any more. Only for one that was not told to fire. */
  void release();
}
