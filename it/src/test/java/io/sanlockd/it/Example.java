package io.sanlockd.it;

import io.sanlockd.client.lease.Lease;
import io.sanlockd.examples.Mutex;
import io.sanlockd.model.LeaseName;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;

/**
 * An example program as a process of a host. Its class path holds the client library and the model
 * only: what it does needs no native code.
 */
final class Example implements AutoCloseable {
  static final Duration LIMIT = Duration.ofMinutes(2);

  private final Process process;
  private final Path out;

  private Example(Process process, Path out) {
    this.process = process;
    this.out = out;
  }

  /** Starts the {@code main} of a class on the host of a daemon. */
  static Example start(Scene scene, Daemon daemon, Class<?> program, Object... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                program.getName()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    Path out = Files.createTempFile(scene.directory(), program.getSimpleName(), ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("SANLOCK_RUN_DIR", daemon.runDirectory().toString());
    return scene.own(new Example(builder.start(), out));
  }

  private static String classPath() {
    return Stream.of(Mutex.class, Lease.class, LeaseName.class)
        .map(Example::place)
        .collect(Collectors.joining(":"));
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Everything it printed so far. */
  String output() {
    try {
      return Files.readString(out, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Waits until it printed something. */
  void awaitOutput(String text) throws Exception {
    Await.value(
        "it prints " + text, LIMIT, this::output, output -> output.contains(text), this::output);
  }

  /** Waits for its successful end. */
  Example awaitSuccess() {
    Assertions.assertThat(Command.ended(process, LIMIT)).as("ended; %s", output()).isTrue();
    Assertions.assertThat(process.exitValue()).as("%s", output()).isZero();
    return this;
  }

  /** Ends its standard input. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  void kill9() {
    Command.kill9(process);
  }

  @Override
  public void close() {
    kill9();
  }
}
