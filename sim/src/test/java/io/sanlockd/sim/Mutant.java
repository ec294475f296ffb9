package io.sanlockd.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Production code without one of its rules.
 *
 * @param rule the rule
 * @param faults profile of the worlds in which it is missed
 * @param firstSeed first world
 * @param lastSeed last world: it is missed in one of them
 * @param hosts how many there are, 0 = 2 to 5 by seed
 * @param cHosts how many of them are C-like
 */
record Mutant(
    String rule,
    String faults,
    long firstSeed,
    long lastSeed,
    int hosts,
    int cHosts,
    List<Edit> edits) {
  /** Lines that are replaced in one file. */
  record Edit(String file, List<String> before, List<String> after) {}

  static List<Mutant> all(List<String> lines) {
    List<Mutant> mutants = new ArrayList<>();
    Edit edit = null;
    for (String line : lines) {
      if (line.startsWith("== ")) {
        String[] parts = line.substring(3).split("\\|", -1);
        String[] seeds = parts[2].trim().split("\\.\\.", -1);
        String[] hosts = (parts.length > 3 ? parts[3] : "0, 0").split(",", -1);
        mutants.add(
            new Mutant(
                parts[0].trim(),
                parts[1].trim(),
                Long.parseLong(seeds[0]),
                Long.parseLong(seeds[1]),
                Integer.parseInt(hosts[0].trim()),
                Integer.parseInt(hosts[1].trim()),
                new ArrayList<>()));
      } else if (line.startsWith("@ ")) {
        edit = new Edit(line.substring(2).trim(), new ArrayList<>(), new ArrayList<>());
        mutants.get(mutants.size() - 1).edits().add(edit);
      } else if (line.startsWith("- ")) {
        edit.before().add(line.substring(2));
      } else if (line.startsWith("+ ")) {
        edit.after().add(line.substring(2));
      }
    }
    return mutants;
  }

  /** Writes the changed files below {@code work}. */
  List<Path> apply(Path root, Path work) throws IOException {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Edit edit : edits) {
      String text = changed.get(edit.file());
      if (text == null) {
        text = Files.readString(root.resolve(edit.file()));
      }
      String before = String.join("\n", edit.before());
      int at = text.indexOf(before);
      if (at < 0 || text.indexOf(before, at + 1) >= 0) {
        throw new IllegalStateException(edit.file() + " does not contain exactly once:\n" + before);
      }
      changed.put(
          edit.file(),
          text.substring(0, at)
              + String.join("\n", edit.after())
              + text.substring(at + before.length()));
    }
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> entry : changed.entrySet()) {
      Path file = work.resolve(Path.of(entry.getKey()).getFileName().toString());
      Files.writeString(file, entry.getValue());
      files.add(file);
    }
    return files;
  }

  @Override
  public String toString() {
    return rule;
  }
}
