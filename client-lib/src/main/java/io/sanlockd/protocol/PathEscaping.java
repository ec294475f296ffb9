package io.sanlockd.protocol;

/** Paths inside lease texts (11.2). */
public final class PathEscaping {
  private PathEscaping() {}

  /**
   * A path for printing: a backslash in front of each blank and colon that has none yet. An
   * existing backslash and the character behind it are copied as they are.
   */
  public static String exported(String path) {
    StringBuilder out = new StringBuilder(path.length() + 8);
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\') {
        out.append(c);
        if (++i < path.length()) {
          out.append(path.charAt(i));
        }
        continue;
      }
      if (c == ' ' || c == ':') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.toString();
  }

  /** The path of a lockspace text: every backslash removed, also of two in a row. */
  public static String imported(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '\\') {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  /**
   * Position of the next {@code wanted} char at or after {@code from} that has no backslash in
   * front; a backslash protects the char behind it.
   *
   * @return -1 when there is none
   */
  static int indexOfUnprotected(String text, char wanted, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == wanted) {
        return i;
      }
    }
    return -1;
  }
}
