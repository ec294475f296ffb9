package io.sanlockd.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.infra.runners.TestList;

/** Plays the classes annotated for jcstress, each in a JVM of its own. */
class JcstressTest {
  private static final String EXPORTS =
      "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED"
          + " --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED";

  /** One compilation mode, for as long as a build may take; the long run takes all of them. */
  private static final String SHORT =
      "-f 1 -iters 2 -time 150 -sc false -af NONE -spinStyle THREAD_YIELD";

  private static final Path WORK = Path.of("target", "jcstress");

  @Test
  void noOutcomeIsForbidden() throws Exception {
    Path work = Files.createDirectories(WORK.toAbsolutePath());
    Path output = work.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", absolute(System.getProperty("java.class.path"))));
    command.add("org.openjdk.jcstress.Main");
    command.addAll(List.of(System.getProperty("concurrency.jcstress", SHORT).split(" ")));
    command.addAll(List.of("-hs", "128", "-v", "-jvmArgs", "-XX:+UseSerialGC " + EXPORTS));
    System.out.println("JcstressTest: " + TestList.tests().size() + " races, see " + output);
    Process process =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int status;
    try {
      status = process.waitFor();
    } finally {
      process.destroy();
    }
    String told = Files.readString(output);
    told.lines()
        .filter(line -> line.startsWith("(Results: "))
        .reduce((first, last) -> last)
        .ifPresent(line -> System.out.println("JcstressTest: " + line));
    assertThat(status).as(told).isZero();
    assertThat(told).contains("Failed tests: No matches.", "Error tests: No matches.");
    assertThat(TestList.tests()).isNotEmpty();
    assertThat(told).contains(TestList.tests().stream().map(race -> "[OK] " + race).toList());
  }

  /** jcstress runs in another directory. */
  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }
}
