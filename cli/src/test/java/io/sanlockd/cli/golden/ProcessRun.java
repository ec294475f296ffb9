package io.sanlockd.cli.golden;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a case as a process of its own. */
public final class ProcessRun {
  private static final int SIGTERM = 15;
  private static final long END_SECONDS = 120;
  private static final long START_SECONDS = 30;
  private static final int STEP_MILLIS = 50;

  /** A program that has said something and then nothing for so long has done what it does first. */
  private static final int QUIET_STEPS = 40;

  private ProcessRun() {}

  /** Where the standard error of a case is written while it runs. */
  static Path standardError(Path directory) {
    return directory.resolve("case.stderr");
  }

  /**
   * Runs the command to its end, on a terminal and with a signal as recorded.
   *
   * @param command what the case's program is here, with its arguments
   * @param directory for what it prints
   */
  public static Outcome of(
      GoldenCase golden, List<String> command, Map<String, String> env, Path directory)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(golden.isTerminal() ? onTerminal(command) : command);
    builder.environment().put("TZ", "UTC");
    builder.environment().put("LC_ALL", "C");
    builder.environment().putAll(env);
    // Pipes, as when it was recorded: the program may look what its standard output is.
    Path err = standardError(directory);
    Process process =
        builder.redirectInput(new File("/dev/null")).redirectError(err.toFile()).start();
    if (golden.killedAfterSeconds().isPresent()) {
      awaitQuiet(process, err);
      if (process.isAlive()) {
        ScenarioRunner.signal(process, SIGTERM);
      }
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().onExit().join();
    }
    int status = process.exitValue();
    return new Outcome(
        out,
        new String(Files.readAllBytes(err), StandardCharsets.ISO_8859_1),
        status > 128 && golden.exit() < 0 ? 128 - status : status);
  }

  /** The recorded program was given a second; a machine that is busy may need more. */
  private static void awaitQuiet(Process process, Path err)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    long size = 0;
    int quiet = 0;
    while (process.isAlive() && quiet < QUIET_STEPS && System.nanoTime() < deadlineNanos) {
      boolean unused = process.waitFor(STEP_MILLIS, TimeUnit.MILLISECONDS);
      long now = Files.size(err);
      quiet = now > 0 && now == size ? quiet + 1 : 0;
      size = now;
    }
  }

  private static List<String> onTerminal(List<String> command) {
    StringBuilder line = new StringBuilder("stty -opost; exec");
    for (String word : command) {
      line.append(" '").append(word).append('\'');
    }
    return List.of("script", "-qec", line.toString(), "/dev/null");
  }
}
