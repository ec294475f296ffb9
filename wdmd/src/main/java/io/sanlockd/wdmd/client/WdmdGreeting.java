package io.sanlockd.wdmd.client;

/**
 * Who answers at the socket and with which fire timeout (wdmd.md 11).
 *
 * @param generation which of the two protocols it speaks
 * @param fireTimeoutSeconds fire timeout that holds for us; 0 if wdmd could not open the watchdog
 *     device. It need not be the one asked for: compare
 * @param status its answer to STATUS, sent right behind
 */
public record WdmdGreeting(Generation generation, int fireTimeoutSeconds, WdmdStatus status) {
  /** Generation of the protocol. */
  public enum Generation {
    /** sanlock 3.8.5: the device is open from start to end, 60 seconds. */
    A,

    /** Later, and ours: the device is opened for its first client, with the timeout asked for. */
    B
  }
}
