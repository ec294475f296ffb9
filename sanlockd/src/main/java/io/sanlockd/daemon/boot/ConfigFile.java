package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.boot.ConfigKeys.BadValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code sanlock.conf} (config.md 2, 4). A daemon starts with whatever is in the file: a line that
 * is not understood changes nothing and is reported.
 */
final class ConfigFile {
  /** Where the daemon looks; there is no option for it. */
  static final Path STANDARD = Path.of("/etc/sanlock/sanlock.conf");

  /** The C program reads this much at a time; the rest of a longer line is a line to it. */
  private static final int LINE_BYTES = 127;

  /** Nobody writes such a file by hand; whatever it is, it is not read into memory. */
  private static final int FILE_BYTES = 1 << 20;

  private ConfigFile() {}

  /**
   * Something in the file that is not as it should be.
   *
   * @param line counted from 1, 0 = the file as a whole
   * @param text what is wrong, what happens instead, and how to mend it
   */
  record Problem(int line, String text) {
    /** For people. */
    String of(Path file) {
      return file + (line == 0 ? "" : " line " + line) + ": " + text;
    }
  }

  /**
   * Sets what the file says; a missing file says nothing.
   *
   * @return what is wrong with it, in the order of the lines
   */
  static List<Problem> read(Path file, DaemonOptions options, DaemonOptions.Accounts accounts) {
    byte[] text;
    try {
      if (Files.size(file) > FILE_BYTES) {
        return List.of(new Problem(0, "ignored, it is larger than " + FILE_BYTES + " bytes"));
      }
      text = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      return List.of(new Problem(0, "ignored, it can not be read: " + e));
    }
    // One char for each byte: names of users and hosts are handed on as they came.
    return apply(new String(text, StandardCharsets.ISO_8859_1), options, accounts);
  }

  private static List<Problem> apply(
      String text, DaemonOptions options, DaemonOptions.Accounts accounts) {
    List<Problem> problems = new ArrayList<>();
    ConfigKeys keys = new ConfigKeys(options, accounts);
    int number = 1;
    int at = 0;
    while (at < text.length()) {
      int newline = text.indexOf('\n', at);
      int lineEnd = newline < 0 ? text.length() : newline;
      int end = Math.min(lineEnd, at + LINE_BYTES);
      applyLine(text.substring(at, end), number, keys, problems);
      if (end < lineEnd) {
        problems.add(
            new Problem(
                number,
                "what follows byte " + LINE_BYTES + " is read as a line of its own; shorten it"));
        at = end;
      } else {
        at = end + 1;
        number++;
      }
    }
    return problems;
  }

  private static void applyLine(String line, int number, ConfigKeys keys, List<Problem> problems) {
    if (line.isBlank() || line.charAt(0) == '#') {
      return;
    }
    int keyEnd = 0;
    while (keyEnd < line.length() && " \t=\r".indexOf(line.charAt(keyEnd)) < 0) {
      keyEnd++;
    }
    if (keyEnd == 0) {
      problems.add(
          new Problem(number, "ignored, a key starts in the first column; remove what precedes"));
      return;
    }
    String key = line.substring(0, keyEnd);
    try {
      if (!ConfigKeys.isKnown(key)) {
        throw new BadValue("ignored, there is no key \"" + key + "\"; see the sample file");
      }
      Optional<String> value = value(line);
      if (value.isEmpty()) {
        throw new BadValue("ignored, " + key + " has no value; write " + key + " = VALUE");
      }
      keys.set(key, value.get());
    } catch (BadValue e) {
      problems.add(new Problem(number, e.getMessage()));
    }
  }

  /** The first word behind the first equals sign. */
  private static Optional<String> value(String line) {
    int equals = line.indexOf('=');
    String behind = equals < 0 ? "" : line.substring(equals + 1).strip();
    return behind.isEmpty() ? Optional.empty() : Optional.of(behind.split("\\s", 2)[0]);
  }
}
