package io.sanlockd.cli;

import io.sanlockd.protocol.CNumbers;

/**
 * {@code PATH[:OFFSET[:SIZE]]} (cli.md 8.1). Numbers may end in M.
 *
 * @param path without backslashes, which protect colons
 * @param offset in bytes
 * @param size in bytes, 0 = not given
 */
record DiskPlace(String path, long offset, long size) {
  private static final int MEBIBYTE = 1 << 20;

  static DiskPlace parse(String text) {
    int first = unescapedColon(text, 0);
    int second = first < 0 ? -1 : unescapedColon(text, first + 1);
    String path = (first < 0 ? text : text.substring(0, first)).replace("\\", "");
    long offset = 0;
    if (first >= 0) {
      offset = number(text.substring(first + 1, second < 0 ? text.length() : second));
    }
    return new DiskPlace(path, offset, second < 0 ? 0 : number(text.substring(second + 1)));
  }

  private static int unescapedColon(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ':') {
        return i;
      }
    }
    return -1;
  }

  private static long number(String text) {
    int suffix = text.indexOf('M');
    return suffix < 0 ? CNumbers.atoll(text) : CNumbers.atoll(text.substring(0, suffix)) * MEBIBYTE;
  }
}
