package io.sanlockd.cli;

/** The text of a state under {@code -D}: one {@code key=value} a line (cli.md 6.1). */
final class KeyValueLines {
  private KeyValueLines() {}

  static void print(Out out, String text) {
    int from = 0;
    while (from < text.length()) {
      int blank = text.indexOf(' ', from);
      int to = blank < 0 ? text.length() : blank;
      out.line("    " + text.substring(from, to));
      from = to + 1;
    }
  }
}
