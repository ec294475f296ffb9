package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pause of this process, wherever it falls, never leads to a ping after an expiry. */
class LateTest {
  private final VirtualWdmd wdmd = new VirtualWdmd(1000);

  @Test
  void afterAPauseBeyondTheExpiryNothingIsPingedOrClosed() {
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1040);
    wdmd.runUntil(1012);
    pauseUntil(1045);
    wdmd.runUntil(1060);
    assertThat(wdmd.lastPingSeconds()).isEqualTo(1010);
    assertThat(wdmd.device.isOpen()).isTrue();
    assertThat(wdmd.resetSeconds()).isEqualTo(1070);
    assertThat(wdmd.logged("not closed at an expiry")).isEqualTo(1);
    assertThat(wdmd.logged("test failed rem 25 now 1045")).isEqualTo(1);
    client.testLive(1060, 1140);
    wdmd.runUntil(1062);
    assertThat(wdmd.lastPingSeconds()).isBetween(1060.0, 1061.5);
  }

  @Test
  void aPauseThatEndsBeforeTheExpiryCloses() {
    wdmd.activate("c", 60, 1000, 1040);
    pauseUntil(1039.2);
    wdmd.runUntil(1039.2);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).containsExactly(1039.2);
  }

  /** The close pings, and between the look at the clock and the close a pause is possible. */
  @Test
  void soNearToTheExpiryThatAShortPauseWouldMakeItLateNothingIsClosed() {
    wdmd.activate("c", 60, 1000, 1040);
    pauseUntil(1039.8);
    wdmd.runUntil(1050);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).isEmpty();
    assertThat(wdmd.resetSeconds()).isLessThan(1040.0 + 60);
  }

  /** Whatever the phase of the tests, a pause of some seconds does not make the close late. */
  @Test
  void theCloseLeavesHalfATestIntervalForPauses() {
    for (int phase = 0; phase < 100; phase++) {
      double begin = 1000 + phase / 10.0;
      VirtualWdmd late = new VirtualWdmd(begin);
      late.activate("c", 60, (long) begin, 1040);
      late.runUntil(1045);
      assertThat(late.times(Kind.CLOSE_UNCLEAN)).hasSize(1);
      assertThat(late.times(Kind.CLOSE_UNCLEAN).get(0)).isBetween(1030.0, 1035.0);
    }
  }

  @Test
  void aDecisionThatGotOldIsNotCarriedOut() {
    VirtualClock clock = new VirtualClock();
    VirtualDevice device = new VirtualDevice(clock);
    clock.nanos = VirtualClock.nanos(1000);
    DeviceKeeper keeper = new DeviceKeeper(device, clock, line -> {});
    keeper.start(60);
    DeviceKeeper.Decision decision = new DeviceKeeper.Decision(clock.nanos, 5000);
    clock.nanos += DeviceKeeper.DECISION_NANOS + 1;
    assertThat(keeper.keepAlive(decision)).isFalse();
    keeper.letFire(decision);
    assertThat(device.record.of(Kind.KEEPALIVE)).hasSize(1);
    assertThat(device.isOpen()).isTrue();
    assertThat(keeper.keepAlive(new DeviceKeeper.Decision(clock.nanos, 5000))).isTrue();
  }

  @Test
  void aDecisionIsNotCarriedOutPastTheExpiryHoweverFresh() {
    VirtualClock clock = new VirtualClock();
    VirtualDevice device = new VirtualDevice(clock);
    clock.nanos = VirtualClock.nanos(1000);
    DeviceKeeper keeper = new DeviceKeeper(device, clock, line -> {});
    keeper.start(60);
    DeviceKeeper.Decision decision = new DeviceKeeper.Decision(VirtualClock.nanos(1039.9), 1040);
    clock.nanos = VirtualClock.nanos(1040);
    assertThat(keeper.keepAlive(decision)).isFalse();
    keeper.letFire(decision);
    assertThat(device.isOpen()).isTrue();
    assertThat(device.record.of(Kind.KEEPALIVE)).hasSize(1);
  }

  @Test
  void reopeningIsAPingAndComesNoLaterThanOne() {
    VirtualClock clock = new VirtualClock();
    VirtualDevice device = new VirtualDevice(clock);
    clock.nanos = VirtualClock.nanos(1000);
    DeviceKeeper keeper = new DeviceKeeper(device, clock, line -> {});
    keeper.start(60);
    keeper.letFire(new DeviceKeeper.Decision(clock.nanos, 1010));
    assertThat(device.isOpen()).isFalse();
    clock.nanos = VirtualClock.nanos(1020);
    assertThat(keeper.keepAlive(new DeviceKeeper.Decision(clock.nanos, 1020))).isFalse();
    assertThat(device.isOpen()).isFalse();
  }

  /** Between the last look at the clock and the system call nothing helps but to tell. */
  @Test
  void aPingThatWasLateIsTold() {
    wdmd.activate("c", 60, 1000, 1040);
    wdmd.device.beforeCall = () -> wdmd.clock.nanos = VirtualClock.nanos(1041);
    wdmd.runUntil(1011);
    assertThat(wdmd.logged("pinged late: now 1041 expire 1040")).isEqualTo(1);
  }

  /** Every moment of a pause of every length, with everything else going well. */
  @Test
  void noPauseAnywhereLeadsToALatePing() {
    for (int from = 0; from < 60; from++) {
      for (int length = 1; length < 70; length += 3) {
        VirtualWdmd paused = new VirtualWdmd(1000);
        paused.activate("c", 60, 1000, 1040);
        paused.runUntil(1000 + from + 0.3);
        paused.clock.nanos += length * MachineClock.SECOND_NANOS;
        paused.runUntil(1200);
        assertThat(paused.lastPingSeconds())
            .as("pause from %d for %d", from, length)
            .isLessThan(1040);
        assertThat(paused.resetSeconds()).isBetween(1000.0, 1100.0);
      }
    }
  }

  /** Every reading of the clock, up to the last before a call, may be the first after a pause. */
  @ParameterizedTest
  @ValueSource(ints = {10, 30, 60})
  void noPauseBeforeAnyReadingOfTheClockLeadsToALatePing(int fire) {
    int readings = 0;
    do {
      readings++;
      for (int tenths : new int[] {4, 7, 15, 40, 90, 300}) {
        VirtualWdmd paused = new VirtualWdmd(1000);
        VirtualWdmd.Peer client = paused.activate("c", fire, 1000, 1040);
        pauseBeforeReading(paused, readings, tenths / 10.0);
        // Closed unclean before the expiry and reopened after the renewal.
        paused.runUntil(Math.max(1039, paused.clock.nanos / 1e9));
        if (paused.clock.nanos < VirtualClock.nanos(1040)) {
          client.testLive(1039, 1060);
        }
        paused.runUntil(1200);
        assertThat(paused.lastPingSeconds())
            .as("pause of %d tenths before reading %d", tenths, readings)
            .isLessThan((double) client.client.expire);
      }
    } while (readings < readingsWithoutPause(fire));
  }

  /** A driver that forgot its timeout, so that reopening takes every step it can have. */
  @Test
  void noPauseWhileReopeningLeadsToALatePing() {
    for (int refused = 0; refused < 2; refused++) {
      for (int reading = 1; reading < 12; reading++) {
        VirtualWdmd paused = new VirtualWdmd(1000);
        VirtualWdmd.Peer client = paused.activate("c", 60, 1000, 1015);
        paused.runUntil(1020);
        assertThat(paused.device.isOpen()).isFalse();
        paused.device.timeout = 90;
        paused.device.maxTimeout = refused == 1 ? 30 : 1000;
        client.testLive(1020, 1040);
        pauseBeforeReading(paused, reading, 25);
        paused.runUntil(1100);
        assertThat(paused.lastPingSeconds()).as("reading %d", reading).isLessThan(1040);
      }
    }
  }

  private static int readingsWithoutPause(int fire) {
    VirtualWdmd smooth = new VirtualWdmd(1000);
    smooth.activate("c", fire, 1000, 1040).testLive(1039, 1060);
    int[] count = new int[1];
    smooth.clock.beforeReading = () -> count[0]++;
    smooth.runUntil(1060);
    return count[0];
  }

  private static void pauseBeforeReading(VirtualWdmd paused, int which, double seconds) {
    int[] count = new int[1];
    paused.clock.beforeReading =
        () -> {
          if (++count[0] == which) {
            paused.clock.nanos += VirtualClock.nanos(seconds);
          }
        };
  }

  private void pauseUntil(double seconds) {
    wdmd.clock.nanos = VirtualClock.nanos(seconds);
  }
}
