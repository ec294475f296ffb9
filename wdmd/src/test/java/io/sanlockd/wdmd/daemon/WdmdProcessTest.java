package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Until;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.UnixSockets;
import io.sanlockd.wdmd.client.WdmdConnection;
import io.sanlockd.wdmd.client.WdmdGreeting.Generation;
import io.sanlockd.wdmd.testing.DeviceOperation;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import io.sanlockd.wdmd.testing.FakeWatchdog;
import io.sanlockd.wdmd.testing.WdmdWorld;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process on a fake device, with clients on our and on the C library. */
class WdmdProcessTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long SECOND = MachineClock.SECOND_NANOS;

  @TempDir Path directory;
  private FakeWatchdog device;
  private WdmdWorld world;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void setUp() throws Exception {
    FakeWatchdog.require();
    WdmdWorld.require();
    device = FakeWatchdog.mount(Files.createDirectory(directory.resolve("dev")));
    world = new WdmdWorld(directory);
  }

  @AfterEach
  void tearDown() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    if (device != null) {
      device.close();
    }
  }

  private Process start(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Wdmd.class.getName(),
                "-w",
                device.path().toString()));
    command.addAll(List.of(options));
    Process process = world.start(command, "wdmd.log");
    processes.add(process);
    return process;
  }

  private Process startAndAwait() throws Exception {
    Process wdmd = start("-D");
    Until.holds("the start check is over", () -> device.record().of(Kind.CLOSE_CLEAN).size() == 1);
    return wdmd;
  }

  private WdmdConnection connect() throws Exception {
    return WdmdConnection.connect(world.socket(), LIMIT);
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("wdmd.log"));
  }

  private static long lastPing(List<DeviceOperation> operations) {
    return operations.stream()
        .filter(
            operation ->
                operation.what() == Kind.KEEPALIVE || operation.what() == Kind.CLOSE_UNCLEAN)
        .mapToLong(DeviceOperation::timeNanos)
        .max()
        .orElse(0);
  }

  /** A program on the unmodified C library. */
  private final class CClient {
    final Process process;
    final BufferedReader output;

    CClient(int seconds) throws Exception {
      Path program = directory.resolve("c_client.py");
      try (InputStream source = WdmdProcessTest.class.getResourceAsStream("c_client.py")) {
        Files.write(program, source.readAllBytes());
      }
      List<String> command =
          List.of("/usr/bin/python3", program.toString(), Integer.toString(seconds));
      process = new ProcessBuilder(world.inside(command)).start();
      processes.add(process);
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    String line() throws IOException {
      return output.readLine();
    }

    void tell(String line) throws IOException {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
    }
  }

  @Test
  void aClientOnTheCLibraryIsServed() throws Exception {
    WdmdWorld.requireC();
    Process wdmd = startAndAwait();
    CClient client = new CClient(1000);
    assertThat(client.line()).isEqualTo("register 0");
    assertThat(client.line()).isEqualTo("refcount 0");
    assertThat(client.line()).matches("status 0 10 60 [0-9]");
    assertThat(client.line()).startsWith("live 0 ");
    assertThat(device.record().of(Kind.KEEPALIVE)).isNotEmpty();
    signal(wdmd, "TERM");
    Until.holds("the refusal is logged", () -> log().contains("not stopping: clients rely"));
    assertThat(wdmd.isAlive()).isTrue();
    client.tell("bye");
    assertThat(client.line()).isEqualTo("bye 0 0");
    Until.holds("the device is stopped", () -> device.record().of(Kind.CLOSE_CLEAN).size() == 2);
    signal(wdmd, "TERM");
    assertThat(wdmd.waitFor()).isZero();
    assertThat(world.markerDirectory()).isEmptyDirectory();
    assertThat(world.runDirectory()).isEmptyDirectory();
    assertThat(device.record().resetNanos()).isEmpty();
  }

  @Test
  void aKilledClientLeadsToAResetInTime() throws Exception {
    WdmdWorld.requireC();
    startAndAwait();
    CClient client = new CClient(12);
    String line;
    do {
      line = client.line();
    } while (!line.startsWith("live 0 "));
    long expire = Long.parseLong(line.split(" ", -1)[2]);
    signal(client.process, "KILL");
    Until.holds("unclean close", () -> !device.record().of(Kind.CLOSE_UNCLEAN).isEmpty());
    long closed = device.record().of(Kind.CLOSE_UNCLEAN).get(0).timeNanos();
    assertThat(closed).isBetween((expire - 10) * SECOND, expire * SECOND - 1);
    assertThat(device.record().resetNanos().getAsLong()).isLessThan((expire + 60) * SECOND);
    assertThat(log()).contains("client dead ci 2 ").contains("sanlock_LE:1");
  }

  @Test
  void aStoppedWdmdDoesNotPingAndDoesNotCatchUp() throws Exception {
    Process wdmd = startAndAwait();
    try (WdmdConnection client = connect()) {
      assertThat(client.greet(9, LIMIT).fireTimeoutSeconds()).isEqualTo(9);

      client.register("c");
      client.refcountSet();
      long expire = MonotonicClock.seconds() + 6;
      client.testLive(expire - 6, expire);
      client.status(LIMIT);
      signal(wdmd, "STOP");
      long stopped = MonotonicClock.nanos();
      Until.holds("the expiry", () -> MonotonicClock.seconds() > expire);
      signal(wdmd, "CONT");
      Until.holds("a failed test", () -> log().contains("test failed rem"));
      Until.holds("another", () -> MonotonicClock.seconds() > expire + 2);
      assertThat(lastPing(device.record().operations())).isLessThan(stopped);
      assertThat(device.record().resetBy((expire + 9) * SECOND)).isTrue();
      assertThat(log()).contains("not closed at an expiry");
    }
  }

  @Test
  void aKilledWdmdLeavesTheDeviceCountingAndCanNotStartAgain() throws Exception {
    Process wdmd = startAndAwait();
    try (WdmdConnection client = connect()) {
      assertThat(client.greet(60, LIMIT).generation()).isEqualTo(Generation.B);
      signal(wdmd, "KILL");
      Until.holds("unclean close", () -> device.record().of(Kind.CLOSE_UNCLEAN).size() == 1);
      Until.holds("the end is seen", client::peerClosed);
    }
    int before = device.record().operations().size();
    Process again = start("-D");
    assertThat(again.waitFor()).isEqualTo(255);
    assertThat(log()).contains("other wdmd not cleanly stopped, shm_open error 17");
    assertThat(device.record().operations()).hasSize(before);
    assertThat(device.record().resetNanos()).isPresent();
  }

  /** wdmd.md 14 no. 1: in the C wdmd nobody is served or tested meanwhile. */
  @Test
  void aPartialMessageBlocksNobody() throws Exception {
    startAndAwait();
    int half = UnixSockets.connect(world.socket().toString(), SECOND);
    Fd.send(half, ByteBuffer.allocateDirect(100));
    try (WdmdConnection client = connect()) {
      assertThat(client.status(LIMIT).testIntervalSeconds()).isEqualTo(10);
      Until.holds("it is closed", () -> log().contains("partial message, connection closed"));
      assertThat(client.status(LIMIT).testIntervalSeconds()).isEqualTo(10);
    }
    Fd.close(half);
  }

  /** wdmd.md 14 no. 5: the C program says 0 before it has tried anything. */
  @Test
  void theStartInTheBackgroundTellsTheTruth() throws Exception {
    Process good = start();
    assertThat(good.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(good.exitValue()).isZero();
    try (WdmdConnection client = connect()) {
      assertThat(client.status(LIMIT).fireTimeoutSeconds()).isEqualTo(60);
    }
    String pid = Files.readString(world.runDirectory().resolve("wdmd.pid")).trim();
    ProcessHandle daemon = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    Process second = start();
    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(log()).contains("lockfile setlk error /run/wdmd/wdmd.pid");
    daemon.destroy();
    daemon.onExit().get(60, TimeUnit.SECONDS);
    assertThat(world.markerDirectory()).isEmptyDirectory();
  }
}
