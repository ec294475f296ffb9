package io.sanlockd.it;

import io.sanlockd.model.testing.Skip;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * This machine's file system, in which a test may install and remove what it likes: changes go to a
 * directory of the test and are gone with it. Programs in it have process numbers, /run, /tmp and
 * /dev/shm of their own, and end with it.
 */
final class ScratchSystem implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String READY = "ready";

  /** Directories that only this system sees start empty; the last line keeps it alive. */
  private static final String ENTER =
      """
      mkdir "$1/changes" "$1/work" "$1/root"
      mount -t overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" scratch "$1/root"
      cd "$1/root"
      mount -t proc proc proc
      mount --rbind /dev dev
      for private in dev/shm run tmp; do mount -t tmpfs -o mode=1777 scratch "$private"; done
      echo ready
      exec sleep infinity
      """;

  private final Path directory;
  private final Process process;
  private final long inside;

  private ScratchSystem(Path directory, Process process, long inside) {
    this.directory = directory;
    this.process = process;
    this.inside = inside;
  }

  /** Makes one; skips the test where that is not possible. */
  static ScratchSystem make(Path directory) throws IOException {
    if (!Ids.isRoot()) {
      Skip.because("installing a package, even in a copy of the system, needs root");
    }
    Path home = Files.createTempDirectory(directory, "system");
    Process process =
        new ProcessBuilder(
                List.of(
                    "unshare",
                    "-m",
                    "-p",
                    "-f",
                    "--kill-child",
                    "sh",
                    "-ec",
                    ENTER,
                    "sh",
                    "" + home))
            .redirectErrorStream(true)
            .start();
    BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1));
    String line = output.readLine();
    if (!READY.equals(line)) {
      process.destroyForcibly();
      Skip.because("no copy of the system with an overlay file system: " + line);
    }
    long inside = process.children().findFirst().orElseThrow().pid();
    return new ScratchSystem(home, process, inside);
  }

  /** Runs a shell script, which ends at the first failure. */
  Command.Result run(String script) throws IOException {
    return Command.run(
        command(script),
        Map.of("DEBIAN_FRONTEND", "noninteractive", "JAVA_HOME", "", "SANLOCK_JAVA", ""),
        LIMIT);
  }

  private List<String> command(String script) {
    String root = directory.resolve("root").toString();
    return List.of("nsenter", "-t", "" + inside, "-m", "-p", "chroot", root, "sh", "-ec", script);
  }

  /** Runs a script that succeeds and gives what it prints. */
  String output(String script) throws IOException {
    return run(script).succeeded().out();
  }

  /** Puts a copy of a file of this machine at a path. */
  void copy(Path file, String target) throws IOException {
    // What is put there directly would not be seen: the file system is mounted elsewhere.
    Process writer =
        new ProcessBuilder(command("cat >" + target)).redirectInput(file.toFile()).start();
    if (!Command.ended(writer, LIMIT) || writer.exitValue() != 0) {
      throw new IOException("can not copy " + file + " to " + target);
    }
  }

  @Override
  public void close() {
    Command.kill9(process);
  }
}
