package io.sanlockd.wdmd.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Until;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.wdmd.client.WdmdGreeting.Generation;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import io.sanlockd.wdmd.testing.FakeWatchdog;
import io.sanlockd.wdmd.testing.WdmdWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our client with the C wdmd 3.8.5 and a fake device. */
class CWdmdTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private FakeWatchdog device;
  private Process wdmd;
  private WdmdConnection connection;

  @BeforeEach
  void start() throws Exception {
    FakeWatchdog.require();
    WdmdWorld.requireC();
    device = FakeWatchdog.mount(Files.createDirectory(directory.resolve("dev")));
    WdmdWorld world = new WdmdWorld(directory);
    wdmd = world.startC(device.path());
    Until.holds("wdmd pings", () -> !device.record().of(Kind.KEEPALIVE).isEmpty());
    connection = WdmdConnection.connect(world.socket(), LIMIT);
  }

  @AfterEach
  void end() throws Exception {
    if (connection != null) {
      connection.close();
    }
    if (wdmd != null) {
      wdmd.destroyForcibly().waitFor();
    }
    if (device != null) {
      device.close();
    }
  }

  @Test
  void itIsGenerationAWithSixtySecondsAndItPings() throws Exception {
    WdmdGreeting greeting = connection.greet(60, LIMIT);
    assertThat(greeting.generation()).isEqualTo(Generation.A);
    assertThat(greeting.fireTimeoutSeconds()).isEqualTo(60);
    assertThat(greeting.status().testIntervalSeconds()).isEqualTo(10);
    assertThat(greeting.status().isPinging(MonotonicClock.seconds())).isTrue();
    assertThat(connection.status(LIMIT).fireTimeoutSeconds()).isEqualTo(60);
  }

  @Test
  void aClientThatSaysGoodbyeLetsItEndCleanly() throws Exception {
    long now = MonotonicClock.seconds();
    assertThat(connection.register("sanlock_LE:1")).isZero();
    assertThat(connection.refcountSet()).isZero();
    assertThat(connection.testLive(now, now + 1000)).isZero();
    assertThat(connection.deactivate()).isZero();
    connection.status(LIMIT);
    wdmd.destroy();
    assertThat(wdmd.waitFor()).isZero();
    assertThat(connection.peerClosed()).isTrue();
    assertThat(connection.testLive(now, now + 1000)).isEqualTo(-Errno.ESHUTDOWN);
    assertThat(device.record().kinds().stream().filter(kind -> kind != Kind.KEEPALIVE))
        .containsExactly(Kind.OPEN, Kind.WRITE, Kind.CLOSE_CLEAN);
    assertThat(device.record().resetNanos()).isEmpty();
  }

  @Test
  void aPromiseThatPassedLetsTheWatchdogCountOn() throws Exception {
    long now = MonotonicClock.seconds();
    connection.register("sanlock_LE:1");
    connection.refcountSet();
    assertThat(connection.testLive(now, now + 5)).isZero();
    Until.holds("unclean close", () -> !device.record().of(Kind.CLOSE_UNCLEAN).isEmpty());
    assertThat(device.record().resetNanos().getAsLong())
        .isLessThanOrEqualTo((now + 5 + 60 + 10) * 1_000_000_000L);
    assertThat(connection.deactivate()).isZero();
    Until.holds("reopened", () -> device.record().of(Kind.OPEN).size() == 2);
  }

  @Test
  void aKilledWdmdIsNoticed() throws Exception {
    assertThat(connection.peerClosed()).isFalse();
    wdmd.destroyForcibly().waitFor();
    Until.holds("the end is seen", connection::peerClosed);
    assertThat(connection.testLive(1, 2)).isEqualTo(-Errno.EPIPE);
    Until.holds("unclean close", () -> !device.record().of(Kind.CLOSE_UNCLEAN).isEmpty());
    assertThat(device.record().resetNanos()).isPresent();
  }

  @Test
  void aStoppedWdmdDoesNotStopUs() throws Exception {
    new ProcessBuilder("kill", "-STOP", Long.toString(wdmd.pid())).start().waitFor();
    WdmdException e =
        Assertions.assertThrows(
            WdmdException.class, () -> connection.greet(60, Duration.ofMillis(50)));
    assertThat(e.reason()).isEqualTo(WdmdException.Reason.TIMED_OUT);
    int result =
        Stream.iterate(1, i -> i + 1)
            .map(i -> connection.testLive(i, i + 80))
            .filter(code -> code < 0)
            .findFirst()
            .orElseThrow();
    assertThat(result).isEqualTo(-Errno.EAGAIN);
  }
}
