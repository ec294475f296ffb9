package io.sanlockd.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;

/** A daemon as a process, ours or C: one host. */
final class Daemon implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration CONDITION_LIMIT = Duration.ofSeconds(60);

  private final Implementation implementation;
  private final Path runDirectory;
  private final Path log;
  private final Process process;
  private final Duration untilAnswer;

  private Daemon(
      Implementation implementation, Path runDirectory, Path log, Process process, long startNanos)
      throws Exception {
    this.implementation = implementation;
    this.runDirectory = runDirectory;
    this.log = log;
    this.process = process;
    Await.value(
        "the socket answers",
        START_LIMIT,
        () -> Wire.answers(socket()) || !process.isAlive(),
        Boolean::booleanValue,
        this::logTail);
    this.untilAnswer = Duration.ofNanos(System.nanoTime() - startNanos);
    Assertions.assertThat(process.isAlive()).as("daemon runs; %s", logTail()).isTrue();
  }

  /**
   * Starts an unprivileged daemon without watchdog and waits until it answers.
   *
   * @param directory gets the run directory {@code name} and the log {@code name.log}
   * @param name host name and name of the run directory
   * @param options further options
   */
  static Daemon start(Implementation implementation, Path directory, String name, String... options)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("-w", "0"));
    all.addAll(List.of(options));
    return start(implementation, directory, name, UnaryOperator.identity(), all);
  }

  /**
   * Starts an unprivileged daemon and waits until it answers.
   *
   * @param world makes the command one that runs in a world of its own
   */
  static Daemon start(
      Implementation implementation,
      Path directory,
      String name,
      UnaryOperator<List<String>> world,
      List<String> options)
      throws Exception {
    Path runDirectory = Files.createDirectories(directory.resolve(name));
    Path log = directory.resolve(name + ".log");
    List<String> all = new ArrayList<>(List.of("-e", name));
    all.addAll(options);
    long startNanos = System.nanoTime();
    Process process = launch(implementation, runDirectory, log, world, all);
    try {
      return new Daemon(implementation, runDirectory, log, process, startNanos);
    } catch (Exception | AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Starts the program as a daemon in the foreground without waiting for anything. */
  static Process launch(
      Implementation implementation, Path runDirectory, Path log, String... options)
      throws IOException {
    return launch(implementation, runDirectory, log, UnaryOperator.identity(), List.of(options));
  }

  private static Process launch(
      Implementation implementation,
      Path runDirectory,
      Path log,
      UnaryOperator<List<String>> world,
      List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(implementation.program().toString());
    command.addAll(List.of("daemon", "-D", "-U", Ids.USER, "-G", Ids.GROUP));
    command.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(world.apply(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder
        .environment()
        .putAll(Map.of("SANLOCK_RUN_DIR", runDirectory.toString(), "SANLOCK_PRIVILEGED", "0"));
    return builder.start();
  }

  Implementation implementation() {
    return implementation;
  }

  Path runDirectory() {
    return runDirectory;
  }

  Path socket() {
    return runDirectory.resolve("sanlock.sock");
  }

  /** Time from the start of the process to the first answer on the socket. */
  Duration untilAnswer() {
    return untilAnswer;
  }

  /** The daemon's own command line program. */
  Cli cli() {
    return cli(implementation);
  }

  /** Another command line program aimed at this daemon. */
  Cli cli(Implementation client) {
    return new Cli(client, runDirectory);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** What it says about a key of its own or, behind {@code section}, of a lockspace. */
  long statusNumber(String section, String key) throws IOException {
    String status = cli().client("status", "-D").succeeded().out();
    int start = status.indexOf(section);
    Matcher matcher = Pattern.compile(" " + key + "=(-?\\d+)").matcher(status);
    Assertions.assertThat(start >= 0 && matcher.find(start))
        .as("%s of %s in %s", key, section, status)
        .isTrue();
    return Long.parseLong(matcher.group(1));
  }

  /** When a lockspace was last renewed, in seconds of CLOCK_MONOTONIC. */
  long lastRenewal(String lockspace) throws IOException {
    return statusNumber("\ns " + lockspace + ":", "renewal_last_success");
  }

  /** Waits until a renewal is just over, so that the next is a while away; gives its time. */
  long awaitRenewal(String lockspace) throws Exception {
    long before = lastRenewal(lockspace);
    return Await.value(
        lockspace + " is renewed",
        CONDITION_LIMIT,
        () -> lastRenewal(lockspace),
        last -> last > before,
        this::logTail);
  }

  /** Its lockspaces, one in a line. */
  String lockspaces() throws IOException {
    return cli().client("gets").succeeded().out();
  }

  /** Waits until the daemon has no lockspace, not even one that it is about to leave. */
  void awaitNoLockspace() throws Exception {
    Await.value(
        "the lockspace is gone", CONDITION_LIMIT, this::lockspaces, String::isEmpty, this::logTail);
  }

  /** Kills the daemon without a chance to clean up. */
  void kill9() {
    Command.kill9(process);
  }

  /** Sends a signal by name, such as STOP, CONT or TERM. */
  void signal(String name) throws IOException {
    Command.run(
            List.of("/bin/kill", "-" + name, Long.toString(pid())),
            Map.of(),
            Duration.ofSeconds(10))
        .succeeded();
  }

  /** Waits for the end of the process and gives its exit status. */
  int awaitExit(Duration limit) {
    Assertions.assertThat(Command.ended(process, limit))
        .as("daemon ended within %s", limit)
        .isTrue();
    return process.exitValue();
  }

  String log() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The last lines of the log, for messages of failures. */
  String logTail() {
    List<String> lines = log().lines().toList();
    return "log of "
        + log
        + ":\n"
        + String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    kill9();
  }

  @Override
  public String toString() {
    return implementation + " daemon " + runDirectory.getFileName();
  }
}
