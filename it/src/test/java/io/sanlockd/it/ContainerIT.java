package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the container image runs, as an ordinary user on a plain file, without the container. Root
 * becomes nobody for it.
 */
class ContainerIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int NOBODY = 65534;
  private static final Path ENTRY =
      Implementation.tree().resolve("../../container/entry").normalize();

  @RegisterExtension final Scene scene = new Scene();

  private Path tree;

  /** One container. */
  private final class Host {
    final Path runDirectory;
    final Path output;
    final Process process;

    Host(int id) throws IOException {
      runDirectory = directoryOfTheUser("run" + id);
      output = scene.directory().resolve("out" + id);
      List<String> command = new ArrayList<>();
      if (Ids.isRoot()) {
        command.addAll(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
      }
      command.addAll(List.of("sh", tree.resolve("entry").toString()));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder
          .environment()
          .putAll(
              Map.of(
                  "PATH",
                  tree.resolve("bin") + ":" + System.getenv("PATH"),
                  "SANLOCK_RUN_DIR",
                  runDirectory.toString(),
                  "SANLOCK_PRIVILEGED",
                  "0",
                  "LEASES",
                  scene.directory().resolve("leases/disk").toString(),
                  "HOST_ID",
                  Integer.toString(id),
                  "HOST_NAME",
                  "host" + id,
                  "IO_TIMEOUT",
                  "1"));
      process = builder.start();
      scene.own(
          () -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            Command.kill9(process);
          });
    }

    String output() throws IOException {
      return Files.readString(output);
    }

    void awaitOutput(String text) throws Exception {
      Await.value("it says " + text, LIMIT, this::output, said -> said.contains(text), () -> "");
    }

    Command.Result client(String... arguments) throws IOException {
      return new Cli(Implementation.JAVA, runDirectory).client(arguments);
    }
  }

  private Path directoryOfTheUser(String name) throws IOException {
    Path made = Files.createDirectory(scene.directory().resolve(name));
    if (Ids.isRoot()) {
      Files.setAttribute(made, "unix:uid", NOBODY);
    }
    return made;
  }

  /** The tree of the build may lie where nobody else can look. */
  private void copyPrograms() throws IOException {
    Files.setPosixFilePermissions(scene.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    tree = scene.directory().resolve("tree");
    String copy = "cp -R '%s' '%s' && cp '%s' '%s/entry' && chmod -R a+rX '%s'";
    Command.run(
            List.of("sh", "-ec", copy.formatted(Implementation.tree(), tree, ENTRY, tree, tree)),
            Map.of(),
            LIMIT)
        .succeeded();
  }

  @Test
  void twoHostsMakeJoinAndLeaveALockspaceOnAPlainFile() throws Exception {
    copyPrograms();
    directoryOfTheUser("leases");
    Host first = new Host(1);
    Host second = new Host(2);
    first.awaitOutput("joined; leases: LS1:a:");
    second.awaitOutput("joined; leases: LS1:a:");
    assertThat(first.output() + second.output()).containsOnlyOnce("made ");
    assertThat(first.client("gets", "-h", "1").succeeded().out()).contains("h 1 gen 1");

    for (Host host : List.of(first, second)) {
      host.process.destroy();
      assertThat(Command.ended(host.process, LIMIT)).as("%s", host.output()).isTrue();
      assertThat(host.process.exitValue()).as("%s", host.output()).isZero();
      // Not always its last words: the helper may say something behind them.
      assertThat(host.output()).contains("sanlockd: ended\n");
    }
    assertThat(
            new Cli(Implementation.JAVA, first.runDirectory)
                .run("direct", "dump", scene.directory().resolve("leases/disk").toString())
                .succeeded()
                .out())
        .as("both have left")
        .contains("host1 0000000000")
        .contains("host2 0000000000");
  }
}
