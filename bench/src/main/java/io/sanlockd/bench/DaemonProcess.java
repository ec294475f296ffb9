package io.sanlockd.bench;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A daemon and what it has started, without watchdog and real-time priority. */
final class DaemonProcess implements AutoCloseable {
  private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Process process;
  private final SanlockClient client;
  private final Path runDirectory;
  private final Path log;
  private final long startNanos;

  private DaemonProcess(Process process, Path runDirectory, Path log, long startNanos) {
    this.process = process;
    this.client = new SanlockClient(Endpoint.ofRunDirectory(runDirectory.toString()));
    this.runDirectory = runDirectory;
    this.log = log;
    this.startNanos = startNanos;
  }

  /**
   * Starts a daemon and waits until it answers.
   *
   * @param directory gets the run directory {@code name} and the log {@code name.log}
   * @param options further ones
   */
  static DaemonProcess start(Path program, Path directory, String name, List<String> options)
      throws IOException {
    Path runDirectory = Files.createDirectories(directory.resolve(name));
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>(List.of(program.toString(), "daemon", "-D"));
    command.addAll(List.of("-U", Shell.run("id", "-un"), "-G", Shell.run("id", "-gn")));
    command.addAll(List.of("-w", "0", "-h", "0", "-e", name));
    command.addAll(options);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder
        .environment()
        .putAll(Map.of("SANLOCK_RUN_DIR", runDirectory.toString(), "SANLOCK_PRIVILEGED", "0"));
    long startNanos = System.nanoTime();
    DaemonProcess daemon = new DaemonProcess(builder.start(), runDirectory, log, startNanos);
    try {
      daemon.awaitAnswer();
      return daemon;
    } catch (IOException e) {
      daemon.close();
      throw e;
    }
  }

  private void awaitAnswer() throws IOException {
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - startNanos > START_LIMIT_NANOS) {
        throw new IOException("the daemon does not answer: " + Files.readString(log));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private boolean answers() {
    try {
      client.version();
      return true;
    } catch (SanlockException e) {
      return false;
    }
  }

  /** Waits until the helper, which is started beside the socket, runs. */
  void awaitHelper() throws IOException, SanlockException {
    Await.until(
        "the daemon names no helper",
        () -> {
          for (State state : client.status()) {
            if (state.value("helper_pid").filter(pid -> Integer.parseInt(pid) > 0).isPresent()) {
              return true;
            }
          }
          return false;
        });
  }

  /** Asks this daemon, waiting without limit. */
  SanlockClient client() {
    return client;
  }

  Path runDirectory() {
    return runDirectory;
  }

  /** CPU time used so far by the daemon and its helper, in seconds; steps of 10 ms. */
  double cpuSeconds() throws IOException {
    long ticks = 0;
    for (long pid : pids()) {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return ticks / 100.0;
  }

  /** Memory that the daemon and its helper have resident, in KiB; shared pages count twice. */
  long residentKib() throws IOException {
    long sum = 0;
    for (long pid : pids()) {
      try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
        sum +=
            lines
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
      }
    }
    return sum;
  }

  private List<Long> pids() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  /** Kills it without a chance to clean up; whoever waits for it sees the connection end. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    boolean interrupted = Thread.interrupted();
    try {
      boolean unused = process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
