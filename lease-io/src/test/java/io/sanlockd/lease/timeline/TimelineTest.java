package io.sanlockd.lease.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Plays every story under {@code src/test/resources/timelines} and compares what happens, line by
 * line, with what the file says. With {@code -Dtimelines.rewrite=DIRECTORY} the files are written
 * there with what happened instead; read the difference before you believe it.
 */
class TimelineTest {
  private static final String ANSWER = "    ";

  private static Path directory() throws URISyntaxException {
    return Path.of(TimelineTest.class.getResource("/timelines").toURI());
  }

  private static List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(directory())) {
      return files.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @Test
  void thereAreAtLeastFortyStories() throws Exception {
    long stories = 0;
    for (Path file : files()) {
      stories += Files.readAllLines(file).stream().filter(line -> line.startsWith("== ")).count();
    }
    assertThat(stories).isGreaterThanOrEqualTo(40);
  }

  @TestFactory
  Stream<DynamicTest> everyStoryGoesAsTold() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : files()) {
      List<String> lines = Files.readAllLines(file);
      for (List<String> story : stories(lines)) {
        String name = file.getFileName() + ": " + story.get(0).substring(3);
        tests.add(DynamicTest.dynamicTest(name, () -> compare(story)));
      }
    }
    return tests.stream();
  }

  /** The stories of a file; what stands before the first is its preface. */
  private static List<List<String>> stories(List<String> lines) {
    List<List<String>> stories = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("== ")) {
        stories.add(new ArrayList<>());
      }
      if (!stories.isEmpty()) {
        stories.get(stories.size() - 1).add(line);
      }
    }
    return stories;
  }

  private static void compare(List<String> story) throws Exception {
    Timeline timeline = new Timeline();
    try {
      List<String> happened = happened(story, timeline);
      assertThat(String.join("\n", happened)).isEqualTo(String.join("\n", story));
      if (timeline.onlyOurs()) {
        assertThat(timeline.breaches()).as("double grants between our own hosts").isEmpty();
      }
    } finally {
      timeline.close();
    }
  }

  /** The story as it goes: its own lines, each step followed by what it answers. */
  private static List<String> happened(List<String> story, Timeline timeline) throws Exception {
    List<String> lines = new ArrayList<>();
    play(story, timeline, lines);
    return lines;
  }

  private static void play(List<String> story, Timeline timeline, List<String> lines)
      throws Exception {
    for (String line : story) {
      if (line.startsWith(ANSWER)) {
        continue;
      }
      lines.add(line);
      String step = line.replaceFirst(" *#.*", "");
      if (!line.startsWith("== ") && !step.isBlank()) {
        timeline.play(step).forEach(answer -> lines.add(ANSWER + answer));
      }
    }
  }

  @Test
  void rewritesWhenAsked() throws Exception {
    String target = System.getProperty("timelines.rewrite", "");
    Skip.unless(!target.isEmpty(), "the files are only rewritten with -Dtimelines.rewrite");
    for (Path file : files()) {
      rewrite(file, Path.of(target).resolve(file.getFileName()));
    }
  }

  private static void rewrite(Path from, Path to) throws IOException {
    List<String> lines = Files.readAllLines(from);
    List<String> out =
        new ArrayList<>(lines.stream().takeWhile(line -> !line.startsWith("== ")).toList());
    for (List<String> story : stories(lines)) {
      Timeline timeline = new Timeline();
      try {
        play(story, timeline, out);
      } catch (Exception | AssertionError e) {
        out.add("THE STORY CAN NOT GO ON: " + e);
      } finally {
        timeline.close();
      }
    }
    Files.write(to, out);
  }
}
