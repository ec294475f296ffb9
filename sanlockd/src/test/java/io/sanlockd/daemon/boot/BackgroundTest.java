package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.testing.Until;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.UnixSockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sanlock daemon} without -D (cli.md 4, 13 no. 11). */
class BackgroundTest {
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path directory;

  private final Map<String, String> environment = new HashMap<>();

  private record Outcome(int status, String stdout, String stderr) {}

  private Path runDirectory() {
    return directory.resolve("run");
  }

  private SanlockClient client() {
    return new SanlockClient(
        Endpoint.ofRunDirectory(runDirectory().toString())
            .withReadTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  private Outcome start(Path runDirectory, String... words) throws Exception {
    Process process = launch(runDirectory, words);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Outcome(
        process.exitValue(),
        Files.readString(stdout(), StandardCharsets.ISO_8859_1),
        Files.readString(stderr(), StandardCharsets.ISO_8859_1));
  }

  private Path stdout() {
    return directory.resolve("stdout");
  }

  private Path stderr() {
    return directory.resolve("stderr");
  }

  private Process launch(Path runDirectory, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SanlockDaemon.class.getName()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SANLOCK_RUN_DIR", runDirectory.toString());
    builder.environment().put("SANLOCK_PRIVILEGED", "0");
    builder.environment().putAll(environment);
    return builder.redirectOutput(stdout().toFile()).redirectError(stderr().toFile()).start();
  }

  private long daemonPid() throws IOException {
    return Long.parseLong(Files.readString(runDirectory().resolve("sanlock.pid")).strip());
  }

  @AfterEach
  void end() throws Exception {
    if (Files.exists(runDirectory().resolve("sanlock.pid"))) {
      Optional<ProcessHandle> daemon = ProcessHandle.of(daemonPid());
      if (daemon.isPresent()) {
        daemon.get().destroyForcibly();
        Until.holds("end of the daemon", () -> !daemon.get().isAlive());
      }
    }
  }

  @Test
  void theCommandHasSucceededWhenTheDaemonServesItsSocket() throws Exception {
    Outcome outcome = start(runDirectory(), "-w", "0", "-e", "host-a");

    assertThat(outcome).isEqualTo(new Outcome(0, "", ""));
    assertThat(client().status().get(0).entry().name().text()).isEqualTo("host-a");
    Path process = Path.of("/proc", Long.toString(daemonPid()));
    assertThat(Files.readSymbolicLink(process.resolve("cwd"))).isEqualTo(Path.of("/"));
    for (int stream = 0; stream < 3; stream++) {
      assertThat(Files.readSymbolicLink(process.resolve("fd").resolve("" + stream)))
          .isEqualTo(Path.of("/dev/null"));
    }
    String stat = Files.readString(process.resolve("stat"));
    String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    assertThat(behindName[3]).as("session").isEqualTo(Long.toString(daemonPid()));
    endByRequest();
  }

  /** It waits for the process that it started, and for no other. */
  @Test
  void underAServiceManagerTheDaemonStaysAndSaysWhenItIsReady() throws Exception {
    Path socket = directory.resolve("notify");
    int manager = UnixSockets.bindDatagram(socket.toString());
    environment.put("NOTIFY_SOCKET", socket.toString());

    Process daemon = launch(runDirectory(), "-w", "0");

    ByteBuffer message = ByteBuffer.allocateDirect(1024);
    Until.holds("it is ready", () -> Fd.read(manager, message) > 0);
    assertThat(StandardCharsets.US_ASCII.decode(message.flip()).toString()).isEqualTo("READY=1");
    assertThat(client().version()).isNotNull();
    assertThat(daemonPid()).isEqualTo(daemon.pid());
    client().shutdown(false);
    assertThat(daemon.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.exitValue()).isZero();
    Fd.close(manager);
  }

  @Test
  void aServiceManagerThatIsGoneStopsNobody() throws Exception {
    environment.put("NOTIFY_SOCKET", directory.resolve("nobody").toString());

    Process daemon = launch(runDirectory(), "-w", "0");

    Until.holds("it answers", this::answers);
    client().shutdown(false);
    assertThat(daemon.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.exitValue()).isZero();
  }

  private boolean answers() {
    try {
      return client().version() != null;
    } catch (SanlockException e) {
      return false;
    }
  }

  private void endByRequest() throws Exception {
    Optional<ProcessHandle> daemon = ProcessHandle.of(daemonPid());
    client().shutdown(false);
    Until.holds("end of the daemon", () -> !daemon.orElseThrow().isAlive());
  }

  @Test
  void aSecondDaemonOfTheSameDirectoryFailsAndSaysWhy() throws Exception {
    assertThat(start(runDirectory(), "-w", "0").status()).isZero();

    Outcome second = start(runDirectory(), "-w", "0");

    assertThat(second.status()).isEqualTo(1);
    assertThat(second.stdout()).isEmpty();
    assertThat(second.stderr())
        .contains("lockfile setlk error")
        .contains("Resource temporarily unavailable");
    assertThat(client().version()).isNotNull();
    endByRequest();
  }

  @Test
  void aRunDirectoryThatCanNotBeMadeIsToldOnStandardError() throws Exception {
    Outcome outcome = start(directory.resolve("missing/run"), "-w", "0");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.stdout()).isEmpty();
    assertThat(outcome.stderr()).contains("missing/run");
  }

  @Test
  void optionsAreJudgedBeforeAnythingIsStarted() throws Exception {
    Outcome outcome = start(runDirectory(), "-q", "1");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.stdout()).isEqualTo("unknown option: q\n");
    assertThat(Files.exists(runDirectory())).isFalse();
  }
}
