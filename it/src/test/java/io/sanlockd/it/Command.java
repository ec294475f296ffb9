package io.sanlockd.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;

/** Runs a program to its end. */
final class Command {
  private Command() {}

  /**
   * What a program left behind.
   *
   * @param exit its exit status
   * @param out its standard output
   * @param err its standard error
   */
  record Result(List<String> command, int exit, String out, String err) {
    private static final Pattern DONE = Pattern.compile("(?m)^\\S+ done (-?\\d+)");

    /** The number in the last "... done N" line. */
    int done() {
      Matcher matcher = DONE.matcher(out);
      Integer number = null;
      while (matcher.find()) {
        number = Integer.valueOf(matcher.group(1));
      }
      if (number == null) {
        return Assertions.fail("no result in %s", this);
      }
      return number;
    }

    /** This result if the exit status is 0. */
    Result succeeded() {
      Assertions.assertThat(exit).as("exit status of %s", this).isZero();
      return this;
    }
  }

  /**
   * Runs a program.
   *
   * @param environment added to the environment of the test
   * @throws AssertionError when it does not end within {@code limit}
   */
  static Result run(List<String> command, Map<String, String> environment, Duration limit)
      throws IOException {
    Path out = Files.createTempFile("sanlockd-it", ".out");
    Path err = Files.createTempFile("sanlockd-it", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      boolean ended = ended(process, limit);
      Result result = new Result(command, ended ? process.exitValue() : -1, read(out), read(err));
      Assertions.assertThat(ended).as("%s ended within %s", result, limit).isTrue();
      return result;
    } finally {
      process.destroyForcibly();
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Waits for the end of a process; an interrupt of the test ends the waiting. */
  static boolean ended(Process process, Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Kills a process and waits for its end. */
  static void kill9(Process process) {
    process.destroyForcibly();
    Assertions.assertThat(ended(process, Duration.ofSeconds(10)))
        .as("killed process ended")
        .isTrue();
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
