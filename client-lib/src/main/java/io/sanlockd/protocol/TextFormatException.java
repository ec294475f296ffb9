package io.sanlockd.protocol;

/** A resource text that does not follow 11.1; the number is the one the C library returns. */
public final class TextFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int number;

  /**
   * @param number the C library's result, negative: -1 malformed, -2 too many disks, -6 too short
   * @param message one line that says what is wrong
   */
  public TextFormatException(int number, String message) {
    super(message);
    this.number = number;
  }

  /** The C library's result, negative. */
  public int number() {
    return number;
  }
}
