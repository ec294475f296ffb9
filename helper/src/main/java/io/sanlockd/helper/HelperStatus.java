package io.sanlockd.helper;

/** The status message from the helper to the daemon (recovery.md 8.2). */
public final class HelperStatus {
  /** Length of a status message in bytes. */
  public static final int LENGTH = 4;

  /** Seconds after a successful status until the next one is due. */
  public static final int INTERVAL_SECONDS = 30;

  /** Least number of seconds between two attempts to send a status. */
  public static final int RETRY_SECONDS = 2;

  private HelperStatus() {}

  /** A new status message: type 1, status 0, length 0. */
  public static byte[] message() {
    return new byte[] {1, 0, 0, 0};
  }
}
