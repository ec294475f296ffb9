package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.boot.ConfigKeys.BadValue;
import io.sanlockd.model.ConfigLine;
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
  /** Where the daemon looks. */
  static final Path STANDARD = Path.of(ConfigLine.FILE);

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
      if (Files.size(file) > ConfigLine.FILE_BYTES) {
        return List.of(
            new Problem(0, "ignored, it is larger than " + ConfigLine.FILE_BYTES + " bytes"));
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
    for (ConfigLine line : ConfigLine.of(text)) {
      try {
        apply(line, keys);
      } catch (BadValue e) {
        problems.add(new Problem(line.number(), e.getMessage()));
      }
      if (line.isCut()) {
        problems.add(
            new Problem(
                line.number(),
                "what follows byte "
                    + ConfigLine.LINE_BYTES
                    + " is read as a line of its own; shorten it"));
      }
    }
    return problems;
  }

  private static void apply(ConfigLine line, ConfigKeys keys) throws BadValue {
    if (line.saysNothing()) {
      return;
    }
    String key = line.key();
    if (key.isEmpty()) {
      throw new BadValue("ignored, a key starts in the first column; remove what precedes");
    }
    if (!ConfigKeys.isKnown(key)) {
      throw new BadValue("ignored, there is no key \"" + key + "\"; see the sample file");
    }
    Optional<String> value = line.value();
    if (value.isEmpty()) {
      throw new BadValue("ignored, " + key + " has no value; write " + key + " = VALUE");
    }
    keys.set(key, value.get());
  }
}
