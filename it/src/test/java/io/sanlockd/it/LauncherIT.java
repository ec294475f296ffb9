package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged tree works wherever it lies and with whatever Java it finds, or says why not. */
class LauncherIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path THIS_JAVA = Path.of(System.getProperty("java.home"), "bin/java");

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void buildMadeClassDataArchivesForAllPrograms() throws IOException {
    try (Stream<Path> files = Files.list(Implementation.tree().resolve("lib/cds"))) {
      assertThat(files.map(file -> file.getFileName().toString().replaceAll("-.*", "")))
          .contains("client", "daemon", "helper", "wdmd");
    }
  }

  /** The daemon starts a helper from the same tree, whose archive must not replace its own. */
  @ParameterizedTest
  @CsvSource({
    "client,io/sanlockd/cli/Sanlock",
    "daemon,io/sanlockd/daemon/boot/SanlockDaemon",
    "helper,io/sanlockd/helper/SanlockHelper",
    "wdmd,io/sanlockd/wdmd/daemon/Wdmd"
  })
  void archiveOfAProgramHoldsItsOwnClasses(String program, String mainClass) throws IOException {
    try (Stream<Path> files = Files.list(Implementation.tree().resolve("lib/cds"))) {
      Path archive =
          files.filter(file -> file.getFileName().toString().startsWith(program)).findAny().get();
      assertThat(Files.readString(archive, StandardCharsets.ISO_8859_1)).contains(mainClass);
    }
  }

  /** Java says nothing when a method that shall not be compiled is not there any more. */
  @Test
  void methodsThatAreNotCompiledExist() throws Exception {
    String launcher = Files.readString(Implementation.tree().resolve("lib/launcher.sh"));
    List<MatchResult> excluded =
        Pattern.compile("exclude,([\\w.]+)::(\\w+)").matcher(launcher).results().toList();
    assertThat(excluded).isNotEmpty();
    for (MatchResult method : excluded) {
      assertThat(Class.forName(method.group(1)).getDeclaredMethods())
          .extracting(Method::getName)
          .contains(method.group(2));
    }
  }

  /** Most commands see only some of the jars. */
  @Test
  void everyActionFindsItsClasses() throws IOException {
    Map<String, String> environment = Map.of("SANLOCK_RUN_DIR", scene.directory().toString());
    Command.Result help =
        Command.run(List.of(program(Implementation.tree()).toString(), "help"), environment, LIMIT);
    List<String> actions =
        help.out()
            .lines()
            .filter(
                line -> line.matches("sanlock (client|direct) [a-z_]+ .*|.* (log_dump|version)"))
            .map(line -> line.replaceAll("^sanlock ((client|direct) [a-z_]+).*", "$1"))
            .filter(line -> line.contains(" ") && !line.startsWith(" "))
            .distinct()
            .toList();
    assertThat(actions).hasSizeGreaterThan(30);
    for (String action : actions) {
      List<String> command = new ArrayList<>(List.of(program(Implementation.tree()).toString()));
      command.addAll(List.of(action.split(" ", -1)));
      if (action.endsWith(" dump")) {
        command.add(scene.directory().resolve("none").toString());
      }
      command.addAll(List.of("-s", "LS:1:/nonexistent:0", "-x", "LS:/nonexistent:1M"));
      command.addAll(List.of("-r", "LS:R:/nonexistent:0", "-p", "1", "-e", "x"));
      Command.Result result = Command.run(command, environment, LIMIT);
      assertThat(result.exit()).as("%s", result).isBetween(0, 1);
      assertThat(result.err()).as("%s", result).doesNotContain("Error", "Exception");
    }
  }

  @Test
  void programIsFoundThroughSymbolicLinks() throws IOException {
    Path first = scene.directory().resolve("first");
    Path second = scene.directory().resolve("second");
    Files.createSymbolicLink(first, program(Implementation.tree()));
    Files.createSymbolicLink(second, Path.of("first"));
    assertPrintsVersionAndNothingElse(second, Map.of());
  }

  @Test
  void treeWorksAfterACopyToAPathWithABlankAndStaysSilentAboutArchivesThatDoNotFit()
      throws IOException {
    Path copy = copyOfTree();
    assertPrintsVersionAndNothingElse(program(copy), Map.of());
    try (Stream<Path> archives = Files.list(copy.resolve("lib/cds"))) {
      for (Path archive : archives.toList()) {
        Files.delete(archive);
        Files.writeString(archive, "not an archive");
      }
    }
    assertPrintsVersionAndNothingElse(program(copy), Map.of());
  }

  @Test
  void archivesAreMadeAnewAfterAMove() throws IOException {
    Path copy = copyOfTree();
    Path archives = copy.resolve("lib/cds");
    try (Stream<Path> old = Files.list(archives)) {
      for (Path archive : old.toList()) {
        Files.delete(archive);
      }
    }
    Command.Result result =
        Command.run(List.of(copy.resolve("bin/sanlock-cds").toString()), java(THIS_JAVA), LIMIT);
    assertThat(result.exit()).as("%s", result).isZero();
    try (Stream<Path> made = Files.list(archives)) {
      assertThat(made).hasSize(4);
    }
    assertPrintsVersionAndNothingElse(program(copy), java(THIS_JAVA));
  }

  /** Java and its libraries make some there unless they are told not to. */
  @Test
  void noTemporaryFilesAreLeft() throws Exception {
    Path temporary = Files.createDirectory(scene.directory().resolve("tmp"));
    Path pid = scene.directory().resolve("pid");
    Daemon daemon = scene.daemon(Implementation.JAVA, "host");
    Map<String, String> environment =
        Map.of(
            "SANLOCK_RUN_DIR",
            daemon.runDirectory().toString(),
            "SANLOCK_JAVA_OPTS",
            "-Djava.io.tmpdir=" + temporary);
    String sanlock = program(Implementation.tree()).toString();
    Command.run(
            List.of(
                "/bin/sh",
                "-c",
                "echo $$ >" + pid + "; exec " + sanlock + " client command -c /bin/true"),
            environment,
            LIMIT)
        .succeeded();
    Command.run(List.of(sanlock, "direct", "dump", pid.toString()), environment, LIMIT);
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
    assertThat(Path.of("/tmp/.java_pid" + Files.readString(pid).strip())).doesNotExist();
  }

  @Test
  void javaThatIsMissingOrTooOldIsNamedInOneLine() throws IOException {
    Path old = scene.directory().resolve("java");
    Files.writeString(old, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
    assertThat(old.toFile().setExecutable(true)).isTrue();
    assertFailsWith("11.0.2", java(old));
    assertFailsWith("/nonexistent/java", java(Path.of("/nonexistent/java")));
    assertFailsWith("/nonexistent", Map.of("SANLOCK_JAVA", "", "JAVA_HOME", "/nonexistent"));
    assertFailsWith(
        "no java found", Map.of("SANLOCK_JAVA", "", "JAVA_HOME", "", "PATH", "/nonexistent"));
  }

  private static Map<String, String> java(Path java) {
    return Map.of("SANLOCK_JAVA", java.toString());
  }

  private static Path program(Path tree) {
    return tree.resolve("bin/sanlock");
  }

  private void assertPrintsVersionAndNothingElse(Path program, Map<String, String> environment)
      throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    all.put("SANLOCK_RUN_DIR", scene.directory().toString());
    Command.Result result = Command.run(List.of(program.toString(), "version"), all, LIMIT);
    assertThat(result.exit()).as("%s", result).isZero();
    assertThat(result.out()).isEqualTo("3.8.5\n");
    assertThat(result.err()).isEmpty();
  }

  private static void assertFailsWith(String word, Map<String, String> environment)
      throws IOException {
    Command.Result result =
        Command.run(
            List.of("/bin/sh", program(Implementation.tree()).toString(), "version"),
            environment,
            LIMIT);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("sanlock: ").contains(word).hasLineCount(1);
  }

  private Path copyOfTree() throws IOException {
    Path copy = scene.directory().resolve("copy of the tree");
    Command.run(
            List.of("cp", "-r", Implementation.tree().toString(), copy.toString()), Map.of(), LIMIT)
        .succeeded();
    return copy;
  }
}
