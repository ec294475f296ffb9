package io.sanlockd.cli.operate;

/** Text inside HTML and SVG. */
final class Markup {
  private Markup() {}

  /** The text with what has a meaning in markup, and characters XML forbids, replaced. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        default -> escaped.append(c < ' ' ? '\ufffd' : c);
      }
    }
    return escaped.toString();
  }
}
