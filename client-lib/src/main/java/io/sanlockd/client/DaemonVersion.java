package io.sanlockd.client;

/**
 * What VERSION answers.
 *
 * @param number major, minor, patch and build, one byte each from the top: 0x03080500
 * @param protocol 16 bits major, 16 bits minor
 */
public record DaemonVersion(int number, int protocol) {
  private static final int FIRST_WITH_ACQUIRE2 = 0x04000000;

  /**
   * Whether the daemon answers ACQUIRE2, which names the owner when an acquire is refused. One that
   * does not would leave the caller without any reply (v5.md 6.1).
   */
  public boolean offersAcquire2() {
    return Integer.compareUnsigned(number, FIRST_WITH_ACQUIRE2) >= 0;
  }

  /** As in {@code 3.8.5}. */
  public String text() {
    return (number >>> 24) + "." + (number >>> 16 & 0xff) + "." + (number >>> 8 & 0xff);
  }
}
