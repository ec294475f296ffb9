package io.sanlockd.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One line of {@code sanlock.conf} (config.md 2). The C program reads {@value #LINE_BYTES} bytes at
 * a time, so that the rest of a longer line is a line of its own.
 *
 * @param number of the line in the file, from 1
 * @param text without its newline, one char for each byte
 * @param isCut whether the rest of the line in the file follows as the next one
 */
public record ConfigLine(int number, String text, boolean isCut) {
  /** Where daemon and commands look; there is no option for it. */
  public static final String FILE = "/etc/sanlock/sanlock.conf";

  /** Nobody writes a longer file by hand; whatever it is, it is not read into memory. */
  public static final int FILE_BYTES = 1 << 20;

  /** Longest line. */
  public static final int LINE_BYTES = 127;

  private static final String KEY_ENDS = " \t=\r";

  /** The lines of a file. */
  public static List<ConfigLine> of(String file) {
    List<ConfigLine> lines = new ArrayList<>();
    int number = 1;
    int at = 0;
    while (at < file.length()) {
      int newline = file.indexOf('\n', at);
      int lineEnd = newline < 0 ? file.length() : newline;
      int end = Math.min(lineEnd, at + LINE_BYTES);
      boolean isCut = end < lineEnd;
      lines.add(new ConfigLine(number, file.substring(at, end), isCut));
      at = isCut ? end : end + 1;
      number += isCut ? 0 : 1;
    }
    return lines;
  }

  /** Whether it is blank or a remark. */
  public boolean saysNothing() {
    return text.isBlank() || text.charAt(0) == '#';
  }

  /** What stands before the first blank or equals sign; empty when the line begins with one. */
  public String key() {
    int end = 0;
    while (end < text.length() && KEY_ENDS.indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(0, end);
  }

  /** The first word behind the first equals sign. */
  public Optional<String> value() {
    int equals = text.indexOf('=');
    String behind = equals < 0 ? "" : text.substring(equals + 1).strip();
    return behind.isEmpty() ? Optional.empty() : Optional.of(behind.split("\\s", 2)[0]);
  }
}
