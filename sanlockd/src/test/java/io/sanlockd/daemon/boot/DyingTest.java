package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.LockspaceMembership;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.daemon.world.ChildJvm;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.testing.Until;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import io.sanlockd.wdmd.testing.FakeWatchdog;
import io.sanlockd.wdmd.testing.WdmdWorld;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real daemon in a JVM of its own, guarded by the C wdmd with a fake device, and its ends. */
class DyingTest {
  private static final int IO_TIMEOUT = 2;
  private static final int EXITED_BY_JVM = 3;
  private static final int KILLED = 128 + 9;
  private static final String DEAD = "client dead";
  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path directory;
  private FakeWatchdog device;
  private Process wdmd;
  private WdmdWorld world;
  private Process daemon;
  private SanlockClient client;
  private Lockspace lockspace;

  @BeforeEach
  void startWdmd() throws Exception {
    FakeWatchdog.require();
    WdmdWorld.requireC();
    device = FakeWatchdog.mount(Files.createDirectory(directory.resolve("dev")));
    world = new WdmdWorld(directory);
    wdmd = world.startC(device.path());
    Until.holds("wdmd pings", () -> !device.record().of(Kind.KEEPALIVE).isEmpty());
  }

  @AfterEach
  void end() throws Exception {
    if (daemon != null) {
      daemon.destroyForcibly().waitFor();
    }
    if (wdmd != null) {
      wdmd.destroyForcibly().waitFor();
    }
    if (device != null) {
      device.close();
    }
  }

  /** Starts a daemon and joins a lockspace. */
  private void join(String... jvmOptions) throws Exception {
    Path run = directory.resolve("sanlock");
    List<String> options = new ArrayList<>(List.of("-Xmx64m", "-XX:+UseSerialGC"));
    options.addAll(List.of(jvmOptions));
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.command(options, Doomed.class, run.toString()))
            .redirectErrorStream(true);
    builder.redirectOutput(directory.resolve("output").toFile());
    builder.environment().put("SANLOCK_WDMD_SOCKET", world.socket().toString());
    daemon = builder.start();
    client =
        new SanlockClient(
            Endpoint.ofRunDirectory(run.toString())
                .withReadTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS));
    Until.holds("the daemon answers", this::answers);
    Path disk = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(1 << 20);
    }
    lockspace = new Lockspace(LeaseName.of("LS"), 1, 0, new Disk(disk.toString(), 0));
    client.writeLockspace(lockspace, IO_TIMEOUT);
    client.addLockspace(lockspace, IO_TIMEOUT);
    assertThat(client.inqLockspace(lockspace, false)).isEqualTo(LockspaceMembership.JOINED);
    assertThat(wdmdLog()).contains("test_live").doesNotContain(DEAD);
  }

  private boolean answers() {
    try {
      client.version();
      return true;
    } catch (SanlockException e) {
      return false;
    }
  }

  private void order(String doom) throws IOException {
    OutputStream input = daemon.getOutputStream();
    input.write((doom + "\n").getBytes(StandardCharsets.US_ASCII));
    input.flush();
  }

  private String wdmdLog() throws IOException {
    return Files.readString(directory.resolve("wdmd.log"));
  }

  /** It ended so, nothing of it was disarmed, and no shutdown hook has run. */
  private void assertDied(int status) throws Exception {
    assertThat(daemon.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.exitValue()).as(output()).isEqualTo(status);
    Until.holds("wdmd notices", () -> wdmdLog().contains(DEAD));
    assertThat(wdmdLog()).doesNotContain("expire 0 sanlock_LS:1");
    assertThat(output()).doesNotContain("hook");
  }

  private String output() throws IOException {
    return Files.readString(directory.resolve("output"));
  }

  @Test
  void aCleanGoodbyeLeavesNothingBehind() throws Exception {
    join();
    client.remLockspace(lockspace);
    client.shutdown(false);
    assertThat(daemon.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(wdmdLog()).doesNotContain(DEAD);
  }

  @Test
  void killedItLeavesTheWatchdogArmed() throws Exception {
    join();
    daemon.destroyForcibly();
    assertDied(KILLED);
  }

  @Test
  void anErrorInAThreadThatNobodyKnowsEndsIt() throws Exception {
    join();
    order("unknown-thread");
    assertDied(InternalErrors.EXIT_STATUS);
    assertThat(daemonLog()).contains("internal error, exiting: java.lang.IllegalStateException");
  }

  @Test
  void anErrorInARenewalThreadEndsIt() throws Exception {
    join();
    order("renewal-thread");
    assertDied(InternalErrors.EXIT_STATUS);
  }

  @Test
  void anErrorInTheTimerEndsIt() throws Exception {
    join();
    order("timer");
    assertDied(InternalErrors.EXIT_STATUS);
  }

  @Test
  void withoutMemoryItEnds() throws Exception {
    join();
    order("memory");
    assertDied(InternalErrors.EXIT_STATUS);
  }

  @Test
  void withoutMemoryTheLaunchersOptionEndsItEvenSooner() throws Exception {
    join("-XX:+ExitOnOutOfMemoryError");
    order("memory");
    assertDied(EXITED_BY_JVM);
  }

  private String daemonLog() throws IOException {
    return Files.readString(directory.resolve("sanlock").resolve("log"));
  }
}
