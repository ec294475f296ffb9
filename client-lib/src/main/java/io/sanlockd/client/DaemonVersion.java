package io.sanlockd.client;

/**
 * What VERSION answers.
 *
 * @param number major, minor, patch and build, one byte each from the top: 0x03080500
 * @param protocol 16 bits major, 16 bits minor
 */
public record DaemonVersion(int number, int protocol) {
  /** As in {@code 3.8.5}. */
  public String text() {
    return (number >>> 24) + "." + (number >>> 16 & 0xff) + "." + (number >>> 8 & 0xff);
  }
}
