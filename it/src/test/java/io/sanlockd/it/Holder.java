package io.sanlockd.it;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;

/**
 * A registered process: {@code sanlock client command} that registered, acquired and became {@code
 * sleep}.
 */
final class Holder implements AutoCloseable {
  private final Process process;

  private Holder(Process process) {
    this.process = process;
  }

  /**
   * Starts a process and waits until it is registered and holds the resources.
   *
   * @param resources resource strings; none gives a process that is only registered
   */
  static Holder start(Cli cli, String... resources) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("client", "command"));
    for (String resource : resources) {
      arguments.addAll(List.of("-r", resource));
    }
    arguments.addAll(List.of("-c", "/bin/sleep", "1000"));
    File null0 = new File("/dev/null");
    ProcessBuilder builder =
        new ProcessBuilder(cli.command(arguments.toArray(String[]::new)))
            .redirectInput(null0)
            .redirectOutput(null0)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(cli.environment());
    Holder holder = new Holder(builder.start());
    try {
      holder.awaitResources(cli, resources.length);
    } catch (Exception | AssertionError e) {
      holder.close();
      throw e;
    }
    return holder;
  }

  private void awaitResources(Cli cli, int count) throws Exception {
    Await.value(
        "process " + pid() + " holds " + count + " resources",
        Duration.ofSeconds(30),
        () -> cli.client("status"),
        result -> isRegistered(result) && heldIn(result) == count,
        () -> "process alive: " + process.isAlive());
    // Only now: a C daemon that is asked about a process whose acquire just arrives never serves
    // it.
    Assertions.assertThat(inquire(cli).out()).contains("inquire done 0 res_count " + count);
    // Its pid must be that of the program, not of a launcher that is still starting it.
    Assertions.assertThat(process.isAlive()).isTrue();
  }

  private boolean isRegistered(Command.Result status) {
    return status.out().lines().anyMatch(line -> line.startsWith("p " + pid() + " "));
  }

  private long heldIn(Command.Result status) {
    return status
        .out()
        .lines()
        .filter(line -> line.startsWith("r ") && line.endsWith(" p " + pid()))
        .count();
  }

  /** What the daemon says this process holds. */
  Command.Result inquire(Cli cli) throws IOException {
    return cli.client("inquire", "-p", Long.toString(pid()));
  }

  /** Acquires another resource for this process; the result number. */
  int acquire(Cli cli, String resource) throws IOException {
    return cli.client("acquire", "-r", resource, "-p", Long.toString(pid())).done();
  }

  /** Releases a resource of this process; the result number. */
  int release(Cli cli, String resource) throws IOException {
    return cli.client("release", "-r", resource, "-p", Long.toString(pid())).done();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills the process and waits for its end. */
  void kill9() {
    Command.kill9(process);
  }

  @Override
  public void close() {
    kill9();
  }
}
