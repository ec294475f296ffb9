package io.sanlockd.protocol;

/**
 * The {@code M} behind the first offset of a lockspace or resource argument (cli.md 2.4). Unlike
 * the C program only that field is looked at, and escaped colons do not count as separators.
 */
final class MebibyteSuffix {
  private static final long MEBIBYTE = 1048576;
  private static final int SEPARATORS_BEFORE_OFFSET = 3;

  private MebibyteSuffix() {}

  /** The text with {@code <decimal>M...} as its fourth field replaced by bytes. */
  static String expand(String text) {
    int from = 0;
    for (int i = 0; i < SEPARATORS_BEFORE_OFFSET; i++) {
      int at = PathEscaping.indexOfUnprotected(text, ':', from);
      if (at < 0) {
        return text;
      }
      from = at + 1;
    }
    int nextColon = PathEscaping.indexOfUnprotected(text, ':', from);
    int to = nextColon < 0 ? text.length() : nextColon;
    String field = text.substring(from, to);
    return field.indexOf('M') < 0
        ? text
        : text.substring(0, from) + Long.toUnsignedString(offset(field)) + text.substring(to);
  }

  /** An offset field: decimal, times 1048576 when an {@code M} follows the number. */
  static long offset(String field) {
    int suffix = field.indexOf('M');
    return suffix < 0
        ? CNumbers.atoll(field)
        : CNumbers.atoll(field.substring(0, suffix)) * MEBIBYTE;
  }
}
