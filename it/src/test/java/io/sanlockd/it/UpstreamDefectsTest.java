package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of the reference's defects and of the tests that would find them is true. */
class UpstreamDefectsTest {
  private static final Path REPOSITORY = Path.of("..");
  private static final Path TIMELINES = REPOSITORY.resolve("lease-io/src/test/resources/timelines");
  private static final Pattern TEST = Pattern.compile("\\bvoid (\\w+)\\(");
  private static final String NAMED_AFTER_A_DEFECT = "upstreamDefect";
  private static final String INDENT = "    ";

  @Test
  void everyDefectHasTestsAndTheyExist() throws IOException {
    Map<String, Set<String>> tests = tests();
    List<String> missing = new ArrayList<>();
    String defect = null;
    boolean tested = true;
    for (String line : list()) {
      if (!line.startsWith(INDENT)) {
        assertThat(tested).as("%s has a test", defect).isTrue();
        defect = line;
        tested = false;
      } else {
        tested = true;
        if (!exists(line.strip(), tests)) {
          missing.add(defect + " -> " + line.strip());
        }
      }
    }
    assertThat(tested).as("%s has a test", defect).isTrue();
    assertThat(missing).isEmpty();
  }

  @Test
  void everyTestNamedAfterADefectIsListed() throws IOException {
    List<String> listed = list().stream().map(String::strip).toList();
    List<String> unlisted = new ArrayList<>();
    tests()
        .forEach(
            (name, methods) ->
                methods.stream()
                    .filter(method -> method.startsWith(NAMED_AFTER_A_DEFECT))
                    .map(method -> name + " " + method)
                    .filter(test -> !listed.contains(test))
                    .forEach(unlisted::add));
    assertThat(unlisted).isEmpty();
  }

  private static boolean exists(String reference, Map<String, Set<String>> tests)
      throws IOException {
    int colon = reference.indexOf(".txt: ");
    if (colon > 0) {
      String title = reference.substring(colon + ".txt: ".length());
      return Files.readAllLines(TIMELINES.resolve(reference.substring(0, colon) + ".txt")).stream()
          .anyMatch(line -> line.startsWith("== " + title));
    }
    String[] words = reference.split(" ", 2);
    return tests.getOrDefault(words[0], Set.of()).contains(words[1]);
  }

  private static List<String> list() throws IOException {
    try (var in = UpstreamDefectsTest.class.getResourceAsStream("upstream-defects.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  /** The methods of all test classes, by the name of the class. */
  private static Map<String, Set<String>> tests() throws IOException {
    Map<String, Set<String>> tests = new HashMap<>();
    try (Stream<Path> modules = Files.list(REPOSITORY)) {
      for (Path module : modules.toList()) {
        Path sources = module.resolve("src/test/java");
        if (Files.isDirectory(sources)) {
          collect(sources, tests);
        }
      }
    }
    return tests;
  }

  private static void collect(Path sources, Map<String, Set<String>> tests) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        Matcher matcher = TEST.matcher(Files.readString(file));
        while (matcher.find()) {
          tests.computeIfAbsent(name, n -> new TreeSet<>()).add(matcher.group(1));
        }
      }
    }
  }
}
