package io.sanlockd.wdmd.client;

/**
 * What wdmd says about itself.
 *
 * @param testIntervalSeconds time between two tests of its clients
 * @param fireTimeoutSeconds time from the last ping to the reset; 0 if the watchdog does not work
 * @param lastKeepalive CLOCK_MONOTONIC second of the last ping, 0 if there was none
 */
public record WdmdStatus(int testIntervalSeconds, int fireTimeoutSeconds, long lastKeepalive) {
  private static final int MAX_MISSED_TESTS = 2;

  /**
   * Whether the watchdog device really is pinged: there was a ping and it is not older than two
   * test intervals. False with a generation-B wdmd that nobody asked to open its device although it
   * reports a fire timeout (wdmd.md 11).
   *
   * @param nowSeconds CLOCK_MONOTONIC
   */
  public boolean isPinging(long nowSeconds) {
    return lastKeepalive > 0
        && nowSeconds - lastKeepalive <= (long) MAX_MISSED_TESTS * testIntervalSeconds;
  }
}
