package io.sanlockd.helper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.helper.HelperMessage.KillPid;
import io.sanlockd.helper.HelperMessage.RunPath;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The helper as a process of its own, over real pipes, with real processes. */
@Timeout(60)
class SanlockHelperTest {
  @TempDir private Path directory;
  private final List<Process> started = new ArrayList<>();
  private Process helper;

  @BeforeEach
  void startHelper() throws IOException {
    String java = ProcessHandle.current().info().command().orElse("java");
    helper =
        start(
            java,
            "-Xmx8m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dfile.encoding=ISO-8859-1",
            "-Dsun.jnu.encoding=ISO-8859-1",
            "-cp",
            Path.of("target/classes").toAbsolutePath().toString(),
            SanlockHelper.class.getName());
    assertThat(helper.getInputStream().readNBytes(4)).isEqualTo(new byte[] {1, 0, 0, 0});
  }

  @AfterEach
  void killEverything() {
    helper.descendants().forEach(ProcessHandle::destroyForcibly);
    started.forEach(Process::destroyForcibly);
  }

  private Process start(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    started.add(process);
    return process;
  }

  private void send(HelperMessage message) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(HelperMessage.LENGTH);
    message.encode(buffer);
    write(buffer.array());
  }

  private void write(byte[] bytes) throws IOException {
    OutputStream out = helper.getOutputStream();
    out.write(bytes);
    out.flush();
  }

  private void sendKill(long pid) {
    try {
      send(new KillPid((int) pid, 9));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("time left until %s", what).isNegative();
      assertThat(helper.waitFor(10, MILLISECONDS)).as("the helper ended").isFalse();
    }
  }

  private String awaitContent(Path file) throws Exception {
    await(file + " exists", () -> Files.exists(file));
    return Files.readString(file, UTF_8);
  }

  /** A program that writes its arguments, one a line, to {@code output} in one step. */
  private Path reporter(Path output) throws IOException {
    Path program = directory.resolve("reporter");
    Files.writeString(
        program,
        "#!/bin/sh\n"
            + "printf '%s\\n' \"$@\" > '"
            + output
            + ".new'\n"
            + "ls /proc/self/fd | wc -l >> '"
            + output
            + ".new'\n"
            + "grep Sig[IB] /proc/self/status >> '"
            + output
            + ".new'\n"
            + "mv '"
            + output
            + ".new' '"
            + output
            + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  @Test
  void killedProcessDiesOfTheSignal() throws Exception {
    Process killed = start("/bin/sleep", "300");
    Process terminated = start("/bin/sleep", "300");
    send(new KillPid((int) killed.pid(), 9));
    send(new KillPid((int) terminated.pid(), 15));
    assertThat(killed.waitFor()).isEqualTo(128 + 9);
    assertThat(terminated.waitFor()).isEqualTo(128 + 15);
  }

  @Test
  void programRunsWithItsArgumentsAndPidAndWithoutTheHelpersPipes() throws Exception {
    Path output = directory.resolve("output");
    send(new RunPath(reporter(output).toString(), "-a two\\ words", 4711));
    String[] lines = awaitContent(output).split("\n");
    assertThat(lines).startsWith("-a", "two words", "4711");
    // 0, 1, 2 and the directory that ls reads.
    assertThat(lines[3].strip()).isEqualTo("4");
  }

  @Test
  void programStartsWithoutBlockedOrIgnoredTerminationSignals() throws Exception {
    Path output = directory.resolve("output");
    send(new RunPath(reporter(output).toString(), "", 0));
    String content = awaitContent(output);
    long hangupInterruptKillTerminate = 1L << 0 | 1L << 1 | 1L << 8 | 1L << 14;
    assertThat(signals(content, "SigBlk") & hangupInterruptKillTerminate).isZero();
    // What was ignored before the tests began (nohup) is inherited by every program.
    long inherited = signals(Files.readString(Path.of("/proc/self/status")), "SigIgn");
    long added = signals(content, "SigIgn") & ~inherited;
    assertThat(added & hangupInterruptKillTerminate).isZero();
  }

  private static long signals(String status, String name) {
    return Long.parseUnsignedLong(status.replaceAll("(?s).*" + name + ":\\s*(\\w+).*", "$1"), 16);
  }

  @Test
  void programIsSearchedInThePathAndAMissingOneDoesNotStopTheHelper() throws Exception {
    Path output = directory.resolve("output");
    send(new RunPath("/nonexistent/program", "", 0));
    send(new RunPath("touch", output.toString(), 0));
    awaitContent(output);
  }

  @Test
  void programThatNeverEndsDoesNotDelayAKill() throws Exception {
    send(new RunPath("/bin/sleep", "300", 0));
    await("the program runs", () -> helper.toHandle().children().findAny().isPresent());
    Process killed = start("/bin/sleep", "300");
    send(new KillPid((int) killed.pid(), 9));
    assertThat(killed.waitFor()).isEqualTo(128 + 9);
    helper.toHandle().children().forEach(child -> sendKill(child.pid()));
    await("the program is gone", () -> helper.toHandle().children().findAny().isEmpty());
  }

  @Test
  void pathBytesAreNotTranslated() throws Exception {
    Path output = directory.resolve("output");
    Path program = reporter(output);
    byte[] name = "pr\u00fcgel".getBytes(UTF_8);
    Process copy =
        start(
            "/bin/sh",
            "-c",
            "cp '" + program + "' \"" + directory + "/$(printf 'pr\\303\\274gel')\"");
    assertThat(copy.waitFor()).isZero();
    String path = directory + "/" + new String(name, ISO_8859_1);
    send(new RunPath(path, "x", 0));
    assertThat(awaitContent(output)).startsWith("x\n");
  }

  @Test
  void helperOutlivesSignalsAndStillKills() throws Exception {
    for (String signal : new String[] {"HUP", "INT", "TERM", "TERM"}) {
      assertThat(start("/bin/kill", "-" + signal, Long.toString(helper.pid())).waitFor()).isZero();
    }
    Process killed = start("/bin/sleep", "300");
    send(new KillPid((int) killed.pid(), 9));
    assertThat(killed.waitFor()).isEqualTo(128 + 9);
    assertThat(helper.isAlive()).isTrue();
    helper.getOutputStream().close();
    assertThat(helper.waitFor()).isZero();
  }

  @Test
  void unknownAndShortMessagesAreIgnored() throws Exception {
    byte[] unknown = new byte[HelperMessage.LENGTH];
    unknown[0] = 99;
    write(unknown);
    send(new KillPid(-1, 9));
    Process killed = start("/bin/sleep", "300");
    send(new KillPid((int) killed.pid(), 9));
    assertThat(killed.waitFor()).isEqualTo(128 + 9);
    write(new byte[100]);
    helper.getOutputStream().close();
    assertThat(helper.waitFor()).isZero();
  }

  @Test
  void helperEndsWithStatusZeroWhenThePipeIsClosed() throws Exception {
    helper.getOutputStream().close();
    assertThat(helper.waitFor()).isZero();
  }

  @Test
  void processIsNamedSanlockHelper() throws Exception {
    assertThat(Files.readString(Path.of("/proc/" + helper.pid() + "/comm")))
        .isEqualTo("sanlock-helper\n");
  }
}
