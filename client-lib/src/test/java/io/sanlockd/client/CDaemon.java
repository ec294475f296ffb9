package io.sanlockd.client;

import static org.assertj.core.api.Assertions.fail;

import io.sanlockd.client.lease.HostUnderTest;
import io.sanlockd.model.testing.Skip;
import io.sanlockd.protocol.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The C daemon of the Debian package sanlock, private to a test, without watchdog. */
public final class CDaemon implements HostUnderTest {
  /** The program, daemon and command line. */
  public static final Path PROGRAM = Path.of("/usr/sbin/sanlock");

  private static final long START_SECONDS = 20;

  private final Process process;
  private final SanlockClient client;

  private CDaemon(Process process, SanlockClient client) {
    this.process = process;
    this.client = client;
  }

  /** Starts it, or skips the test (fails it with SANLOCKD_REQUIRE_C=1) when it is missing. */
  public static CDaemon start(Path directory, String hostName) throws Exception {
    Skip.unlessInstalled(Files.isExecutable(PROGRAM), PROGRAM + " of the C sanlock");
    ProcessBuilder builder =
        new ProcessBuilder(
            PROGRAM.toString(),
            "daemon",
            "-D",
            "-w",
            "0",
            "-U",
            "root",
            "-G",
            "root",
            "-e",
            hostName);
    builder.environment().put("SANLOCK_RUN_DIR", directory.toString());
    builder.environment().put("SANLOCK_PRIVILEGED", "0");
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("daemon.log").toFile());
    Process process = builder.start();
    Endpoint endpoint =
        Endpoint.ofRunDirectory(directory.toString()).withReadTimeout(60, TimeUnit.SECONDS);
    CDaemon daemon = new CDaemon(process, new SanlockClient(endpoint));
    daemon.awaitAnswer(directory);
    return daemon;
  }

  private void awaitAnswer(Path directory) throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (client.exchange(Requests.plain(Command.VERSION)).result() != 0) {
      if (!process.isAlive() || System.nanoTime() > deadlineNanos) {
        close();
        fail("C daemon did not start: " + Files.readString(directory.resolve("daemon.log")));
      }
      // Waits for the process to end, which it should not: a pause that notices a failed start.
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  SanlockClient client() {
    return client;
  }

  @Override
  public Endpoint endpoint() {
    return client.endpoint();
  }

  @Override
  public long daemonPid() {
    return process.pid();
  }

  @Override
  public void killDaemon() {
    close();
  }

  /** Waits until the daemon process ends. */
  boolean awaitExit() throws InterruptedException {
    return process.waitFor(START_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
