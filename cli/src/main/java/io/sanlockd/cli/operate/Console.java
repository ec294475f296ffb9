package io.sanlockd.cli.operate;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;

/** Where the commands print: Unicode in, UTF-8 out. */
public final class Console {
  private static final int WIDTH = 79;

  private final Sink out;
  private final Sink err;
  private final boolean drawsUnicode;

  /** Takes text with one char for each byte, and writes it at once. */
  public interface Sink {
    void write(String bytes);

    /** Whether a human watches. */
    boolean isTerminal();

    /** Whether nobody reads any more. */
    boolean isBroken();
  }

  /**
   * A console.
   *
   * @param out standard output
   * @param err standard error
   * @param drawsUnicode whether lines and bars may be drawn with more than ASCII
   */
  public Console(Sink out, Sink err, boolean drawsUnicode) {
    this.out = out;
    this.err = err;
    this.drawsUnicode = drawsUnicode;
  }

  /** Whether the locale of an environment shows UTF-8. */
  public static boolean isUnicodeLocale(String lcAll, String lcCtype, String lang) {
    for (String value : new String[] {lcAll, lcCtype, lang}) {
      if (value != null && !value.isEmpty()) {
        String upper = value.toUpperCase(Locale.ROOT);
        return upper.contains("UTF-8") || upper.contains("UTF8");
      }
    }
    return false;
  }

  boolean isTerminal() {
    return out.isTerminal();
  }

  boolean isBroken() {
    return out.isBroken();
  }

  /** One of two pieces of a drawing. */
  String glyph(String unicode, String ascii) {
    return drawsUnicode ? unicode : ascii;
  }

  void line(String text) {
    out.write(Bytes.of(text + "\n"));
  }

  /** Words behind a head, in lines of at most 79 characters, all but the first indented. */
  void paragraph(String head, String text, String indent) {
    StringBuilder line = new StringBuilder(head);
    String separator = "";
    for (String word : text.split(" ", -1)) {
      if (!separator.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
        line(line.toString());
        line.setLength(0);
        line.append(indent);
        separator = "";
      }
      line.append(separator).append(word);
      separator = " ";
    }
    line(line.toString());
  }

  /** A paragraph where a human reads, a line where a program does. */
  void entry(String head, String text, String indent) {
    if (isTerminal()) {
      paragraph(head, text, indent);
    } else {
      line(head + text);
    }
  }

  /** Text without an end of line. */
  void text(String text) {
    out.write(Bytes.of(text));
  }

  void error(String text) {
    err.write(Bytes.of(text + "\n"));
  }

  /** For picocli: reaches standard output when it is flushed. */
  PrintWriter outWriter() {
    return new PrintWriter(new Handing(out), true);
  }

  /** For picocli: reaches standard error when it is flushed. */
  PrintWriter errWriter() {
    return new PrintWriter(new Handing(err), true);
  }

  private static final class Handing extends StringWriter {
    private final Sink target;

    Handing(Sink target) {
      this.target = target;
    }

    @Override
    public void flush() {
      target.write(Bytes.of(toString()));
      getBuffer().setLength(0);
    }
  }
}
