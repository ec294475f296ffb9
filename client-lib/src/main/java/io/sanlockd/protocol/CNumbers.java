package io.sanlockd.protocol;

/**
 * Numbers in text as the C library reads them: leading blanks and a sign are skipped, reading stops
 * at the first other character, nothing is an error. Command lines and scripts rely on it.
 */
public final class CNumbers {
  private CNumbers() {}

  /** {@code atoi}: decimal, 32 bits, low bits of the 64-bit value as glibc does; no digits is 0. */
  public static int atoi(String text) {
    return (int) atoll(text);
  }

  /** {@code atoll}: decimal, signed, saturating; no digits is 0. */
  public static long atoll(String text) {
    int at = skipBlanks(text);
    boolean negative = at < text.length() && text.charAt(at) == '-';
    int from = skipSign(text, at);
    long magnitude = digits(text, from, 10);
    if (magnitude < 0) {
      return negative ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return negative ? -magnitude : magnitude;
  }

  /** {@code strtoull} base 0: decimal, 0x hex, leading 0 octal; unsigned, saturating, may wrap. */
  public static long strtoull(String text) {
    int at = skipBlanks(text);
    boolean negative = at < text.length() && text.charAt(at) == '-';
    int from = skipSign(text, at);
    int base = 10;
    if (hasHexPrefix(text, from)) {
      base = 16;
      from += 2;
    } else if (from < text.length() && text.charAt(from) == '0') {
      base = 8;
    }
    return unsigned(text, from, base, negative);
  }

  /** {@code %llu} of scanf: decimal, unsigned, saturating; a minus sign wraps. */
  public static long scanUnsigned(String text) {
    int at = skipBlanks(text);
    boolean negative = at < text.length() && text.charAt(at) == '-';
    return unsigned(text, skipSign(text, at), 10, negative);
  }

  /** Whether {@link #scanUnsigned} finds at least one digit. */
  public static boolean hasDigits(String text) {
    int from = skipSign(text, skipBlanks(text));
    return from < text.length() && Character.digit(text.charAt(from), 10) >= 0;
  }

  private static long unsigned(String text, int from, int base, boolean negative) {
    long magnitude = 0;
    long limit = Long.divideUnsigned(-1L, base);
    for (int i = from; i < text.length(); i++) {
      int digit = digit(text.charAt(i), base);
      if (digit < 0) {
        break;
      }
      if (Long.compareUnsigned(magnitude, limit) > 0
          || Long.compareUnsigned(magnitude * base + digit, digit) < 0) {
        return -1L;
      }
      magnitude = magnitude * base + digit;
    }
    return negative ? -magnitude : magnitude;
  }

  /** Non-negative value of the digits, -1 when it exceeds 63 bits. */
  private static long digits(String text, int from, int base) {
    long magnitude = 0;
    for (int i = from; i < text.length(); i++) {
      int digit = digit(text.charAt(i), base);
      if (digit < 0) {
        break;
      }
      if (magnitude > (Long.MAX_VALUE - digit) / base) {
        return -1;
      }
      magnitude = magnitude * base + digit;
    }
    return magnitude;
  }

  private static int digit(char c, int base) {
    return c < 128 ? Character.digit(c, base) : -1;
  }

  private static boolean hasHexPrefix(String text, int from) {
    return from + 2 < text.length()
        && text.charAt(from) == '0'
        && (text.charAt(from + 1) == 'x' || text.charAt(from + 1) == 'X')
        && digit(text.charAt(from + 2), 16) >= 0;
  }

  private static int skipBlanks(String text) {
    int at = 0;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static int skipSign(String text, int at) {
    return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? at + 1 : at;
  }
}
