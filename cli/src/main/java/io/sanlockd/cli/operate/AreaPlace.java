package io.sanlockd.cli.operate;

/**
 * {@code PATH[:OFFSET[:SIZE]]} as an operator types it; unlike in {@code direct dump}, what is no
 * number is an error. A backslash protects a colon in the path. Numbers may end in M.
 *
 * @param path of a file or device
 * @param offset in bytes
 * @param size in bytes, 0 = to the end
 */
record AreaPlace(String path, long offset, long size) {
  private static final int MEBIBYTE = 1 << 20;

  /**
   * Reads a place.
   *
   * @throws IllegalArgumentException with a text for the user
   */
  static AreaPlace parse(String text) {
    String[] parts = text.split("(?<!\\\\):", -1);
    if (parts.length > 3 || parts[0].isEmpty()) {
      throw new IllegalArgumentException(text + " is not PATH[:OFFSET[:SIZE]]");
    }
    long offset = parts.length > 1 ? number(parts[1], text) : 0;
    if (offset % MEBIBYTE != 0) {
      throw new IllegalArgumentException(
          "offset " + parts[1] + " is no multiple of 1M, where every area begins");
    }
    long size = parts.length > 2 ? number(parts[2], text) : 0;
    return new AreaPlace(parts[0].replace("\\", ""), offset, size);
  }

  private static long number(String word, String text) {
    boolean isMebibytes = word.endsWith("M");
    String digits = isMebibytes ? word.substring(0, word.length() - 1) : word;
    try {
      long number = Math.multiplyExact(Long.parseLong(digits), isMebibytes ? MEBIBYTE : 1L);
      if (number >= 0) {
        return number;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Reported below.
    }
    throw new IllegalArgumentException("\"" + word + "\" in " + text + " is no number of bytes");
  }
}
