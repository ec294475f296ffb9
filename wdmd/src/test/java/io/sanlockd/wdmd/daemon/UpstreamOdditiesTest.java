package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.posix.Errno;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the C wdmd does wrong, by the numbers of wdmd.md 14, and that we do not. No. 1 and 5 need
 * processes: {@link WdmdProcessTest}.
 */
class UpstreamOdditiesTest {
  @TempDir Path directory;

  @Test
  void no2AFailedPingIsNotClaimedAndNewClientsAreRefused() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 5000);
    wdmd.device.pingError = Errno.EIO;
    wdmd.runUntil(1013.5);
    assertThat(client.status().lastKeepalive()).isEqualTo(1000);
    assertThat(wdmd.times(Kind.KEEPALIVE_FAILED)).containsExactly(1010.0, 1011.0, 1012.0, 1013.0);
    assertThat(wdmd.logged("keepalive error 5")).isEqualTo(4);
    assertThat(wdmd.connect().open(60)).isZero();
    wdmd.device.pingError = 0;
    wdmd.runUntil(1014);
    assertThat(client.status().lastKeepalive()).isEqualTo(1014);
    assertThat(wdmd.connect().open(60)).isEqualTo(60);
  }

  @Test
  void no3AFailedReopeningIsRepeatedAndNotClaimed() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1015);
    wdmd.runUntil(1020);
    assertThat(wdmd.device.isOpen()).isFalse();
    wdmd.device.openError = Errno.EBUSY;
    client.testLive(1020, 1100);
    wdmd.runUntil(1024);
    assertThat(wdmd.logged("reopen error 16")).isGreaterThanOrEqualTo(3);
    assertThat(wdmd.log).doesNotContain("/dev/watchdog0 reopen");
    assertThat(client.status().lastKeepalive()).isLessThan(1015);
    wdmd.device.openError = 0;
    wdmd.runUntil(1025);
    assertThat(wdmd.log).contains("/dev/watchdog0 reopen");
    assertThat(client.status().lastKeepalive()).isGreaterThanOrEqualTo(1024);
  }

  @Test
  void no3AReopenedDeviceWithAnotherTimeoutIsNotKept() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1015);
    wdmd.runUntil(1020);
    wdmd.device.timeout = 90;
    wdmd.device.maxTimeout = 30;
    client.testLive(1020, 1100);
    wdmd.runUntil(1022);
    assertThat(wdmd.device.isOpen()).isFalse();
    assertThat(wdmd.logged("fire_timeout 90 instead of 60")).isPositive();
  }

  @Test
  void no4AnIgnoredRequestToEndIsLoggedAndNotRemembered() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 0, 0);
    wdmd.multiplexer.quit();
    assertThat(wdmd.log).contains("not stopping: clients rely on the watchdog");
    client.send(WdmdCommand.REFCOUNT_CLEAR);
    wdmd.runUntil(1030);
    assertThat(wdmd.multiplexer.quitting()).isFalse();
    wdmd.multiplexer.quit();
    assertThat(wdmd.multiplexer.quitting()).isTrue();
    assertThat(wdmd.times(Kind.CLOSE_CLEAN)).containsExactly(1030.0);
  }

  /** What arrives in the same moment as the signal: it would be armed with nobody to ping it. */
  @Test
  void no4WhoComesAfterTheDecisionToEndArmsNothing() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer late = wdmd.connect();
    wdmd.multiplexer.quit();
    assertThat(wdmd.multiplexer.quitting()).isTrue();
    late.message.begin(WdmdCommand.OPEN_WATCHDOG);
    late.message.fireTimeoutSeconds(60);
    assertThat(wdmd.multiplexer.message(late.client, late.message, VirtualWdmd.PID))
        .isEqualTo(Multiplexer.Reply.CLOSE);
    assertThat(late.send(WdmdCommand.REFCOUNT_SET)).isEqualTo(Multiplexer.Reply.CLOSE);
    assertThat(late.testLive(1000, 1080)).isEqualTo(Multiplexer.Reply.CLOSE);
    assertThat(wdmd.device.record.operations()).isEmpty();
  }

  @Test
  void no4NotWhileTestsFailEither() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1015);
    wdmd.runUntil(1020);
    client.testLive(0, 0);
    client.send(WdmdCommand.REFCOUNT_CLEAR);
    wdmd.multiplexer.quit();
    assertThat(wdmd.log).contains("not stopping: tests fail, the watchdog counts");
    assertThat(wdmd.multiplexer.quitting()).isFalse();
  }

  @Test
  void no7SysfsTellsWithoutOpening() throws Exception {
    Path sysfs = Files.createDirectory(directory.resolve("watchdog7"));
    Files.writeString(sysfs.resolve("timeout"), "60\n");
    Files.writeString(sysfs.resolve("nowayout"), "1\n");
    Files.writeString(sysfs.resolve("state"), "inactive\n");
    WatchdogFacts facts = new WatchdogFacts(directory);
    assertThat(facts.noWayOut("/dev/watchdog7")).isTrue();
    assertThat(facts.timeoutSeconds("/dev/watchdog7")).hasValue(60);
    assertThat(facts.active("/dev/watchdog7")).isFalse();
    assertThat(facts.noWayOut("/dev/watchdog8")).isFalse();
    assertThat(facts.noWayOut("/dev/../watchdog7")).isFalse();
    assertThat(facts.timeoutSeconds("/tmp/watchdog7")).isEmpty();
  }

  /** The C wdmd closes an unused device that nowayout keeps armed: reset a minute later. */
  @Test
  void no7ADeviceWithNowayoutIsPingedOnWhenUnused() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    wdmd.device.noWayOut = true;
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1080);
    client.testLive(0, 0);
    client.close();
    wdmd.runUntil(1200);
    assertThat(wdmd.device.isOpen()).isTrue();
    assertThat(wdmd.lastPingSeconds()).isEqualTo(1200);
    assertThat(wdmd.logged("nowayout")).isEqualTo(1);
    wdmd.multiplexer.quit();
    assertThat(wdmd.multiplexer.quitting()).isFalse();
    assertThat(wdmd.log).contains("not stopping: the watchdog would reset the machine");
  }

  @Test
  void no7ADeviceThatCanNotBeDisarmedIsPingedOn() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1080);
    wdmd.device.disarmError = Errno.EIO;
    client.testLive(0, 0);
    client.close();
    wdmd.runUntil(1050);
    assertThat(wdmd.logged("disarm write error 5")).isPositive();
    assertThat(wdmd.lastPingSeconds()).isEqualTo(1050);
    wdmd.device.disarmError = 0;
    wdmd.runUntil(1061);
    assertThat(wdmd.times(Kind.CLOSE_CLEAN)).hasSize(1);
  }

  @Test
  void no7ATimeoutThatDoesNotFitLeavesANowayoutDevicePinged() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    wdmd.device.noWayOut = true;
    wdmd.device.maxTimeout = 40;
    assertThat(wdmd.connect().open(50)).isEqualTo(60);
    wdmd.runUntil(1100);
    assertThat(wdmd.lastPingSeconds()).isEqualTo(1100);
  }

  /** In C expire - T is a huge number then, and the test passes. */
  @Test
  void no8AnExpiryJustAfterBootIsAnExpiry() {
    VirtualWdmd wdmd = new VirtualWdmd(0);
    wdmd.activate("c", 60, 0, 5);
    wdmd.runUntil(30);
    assertThat(wdmd.lastPingSeconds()).isLessThan(5);
    assertThat(wdmd.logged("test failed")).isPositive();
  }

  @Test
  void no9TooManyClientsAreRefused() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    for (int i = 0; i < Clients.LIMIT; i++) {
      assertThat(wdmd.multiplexer.connected(100 + i)).isPresent();
    }
    assertThat(wdmd.multiplexer.connected(5000)).isEmpty();
    assertThat(wdmd.logged("too many clients, limit 1024")).isEqualTo(1);
  }

  @Test
  void no10AnotherTimeoutInUseIsAnsweredAndTheClientCompares() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    wdmd.connect().open(30);
    assertThat(wdmd.connect().open(60)).isEqualTo(30);
  }

  @Test
  void aTimeoutThatTheDeviceDoesNotTakeIsAFailureAndStopsIt() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    wdmd.device.maxTimeout = 40;
    assertThat(wdmd.connect().open(50)).isZero();
    assertThat(wdmd.times(Kind.CLOSE_CLEAN)).hasSize(1);
    assertThat(wdmd.resetSeconds()).isEqualTo(-1);
  }
}
