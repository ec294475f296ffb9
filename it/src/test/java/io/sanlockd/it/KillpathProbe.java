package io.sanlockd.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A killpath program that notes how it was called. */
final class KillpathProbe {
  private final Path program;
  private final Path notes;

  /**
   * A new program.
   *
   * @param action shell commands it then runs, which have the pid that was appended in {@code $pid}
   */
  KillpathProbe(Path directory, String action) throws IOException {
    Path own = Files.createTempDirectory(directory, "killpath");
    program = own.resolve("killpath");
    notes = own.resolve("notes");
    Files.writeString(
        program,
        "#!/bin/sh\nfor pid; do printf '%s|' \"$pid\"; done >>"
            + notes
            + "\necho >>"
            + notes
            + "\n"
            + action
            + "\n");
    if (!program.toFile().setExecutable(true)) {
      throw new IOException("can not make " + program + " executable");
    }
  }

  Path program() {
    return program;
  }

  /** The arguments of each run, each followed by a bar. */
  List<String> runs() throws IOException {
    return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
  }
}
