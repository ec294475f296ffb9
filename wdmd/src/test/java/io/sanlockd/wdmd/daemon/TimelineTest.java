package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.wdmd.protocol.WdmdCommand;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens when, in seconds (wdmd.md 5 and 13, timeouts.md 5). */
class TimelineTest {
  @Test
  void testsComeEveryIntervalOfTheFireTimeout() {
    for (int[] expected :
        new int[][] {{60, 10}, {120, 10}, {59, 5}, {30, 5}, {29, 2}, {10, 2}, {9, 1}, {1, 1}}) {
      VirtualWdmd wdmd = new VirtualWdmd(1000);
      wdmd.connect().open(expected[0]);
      assertThat(wdmd.connect().status().testIntervalSeconds()).isEqualTo(expected[1]);
      wdmd.runUntil(1000 + 3 * expected[1] + 0.5);
      assertThat(wdmd.times(Kind.KEEPALIVE))
          .containsExactly(
              1000.0, 1000.0 + expected[1], 1000.0 + 2 * expected[1], 1000.0 + 3 * expected[1]);
    }
  }

  /** The example of wdmd.md 5. */
  @Test
  void anUpdateInTheLastMomentAvertsTheReset() {
    VirtualWdmd wdmd = new VirtualWdmd(1174);
    VirtualWdmd.Peer client = wdmd.activate("sanlock_LE:1", 60, 1120, 1200);
    wdmd.runUntil(1193.9);
    assertThat(wdmd.times(Kind.KEEPALIVE)).containsExactly(1174.0, 1184.0);
    wdmd.runUntil(1194);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).containsExactly(1194.0);
    assertThat(wdmd.resetSeconds()).isEqualTo(1254);
    assertThat(wdmd.log)
        .contains(
            "/dev/watchdog0 closed unclean",
            "test warning now 1194 ping 1184 close 0 renewal 1120 expire 1200 client 14735"
                + " sanlock_LE:1");
    wdmd.runUntil(1207);
    assertThat(wdmd.log)
        .contains(
            "test failed rem 54 now 1200 ping 1184 close 1194 renewal 1120 expire 1200 client 14735"
                + " sanlock_LE:1");
    client.testLive(1207, 1287);
    wdmd.runUntil(1208);
    assertThat(wdmd.times(Kind.OPEN)).containsExactly(1174.0, 1208.0);
    assertThat(wdmd.lastPingSeconds()).isEqualTo(1208);
    wdmd.runUntil(1220);
    assertThat(wdmd.times(Kind.KEEPALIVE)).endsWith(1208.0, 1218.0);
    assertThat(wdmd.logged("reopen")).isEqualTo(1);
  }

  /**
   * The log of wdmd.md 13 with its times; the unclean close comes a little earlier, halfway through
   * the last test interval.
   */
  @Test
  void theAnnotatedLog() {
    VirtualWdmd wdmd = new VirtualWdmd(1282.92);
    VirtualWdmd.Peer client = wdmd.activate("sanlock_LE:1", 60, 1282, 1298);
    wdmd.runUntil(1287);
    client.testLive(1287, 1303);
    wdmd.runUntil(1291);
    client.testLive(1291, 1307);
    wdmd.runUntil(1320);
    assertThat(wdmd.times(Kind.KEEPALIVE)).containsExactly(1282.92, 1292.92);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).containsExactly(1302.0);
    assertThat(wdmd.resetSeconds()).isEqualTo(1362.0);
    assertThat(wdmd.logged("test warning")).isEqualTo(5);
    assertThat(wdmd.log.stream().filter(line -> line.startsWith("test failed")).toList().get(0))
        .startsWith("test failed rem 55 now 1307 ping 1292 close 1302 renewal 1291 expire 1307");
    client.testLive(0, 0);
    client.send(WdmdCommand.REFCOUNT_CLEAR);
    wdmd.runUntil(1321);
    assertThat(wdmd.times(Kind.OPEN)).hasSize(2).last().isEqualTo(1321.0);
    client.close();
    wdmd.runUntil(1334);
    assertThat(wdmd.times(Kind.CLOSE_CLEAN)).hasSize(1);
    assertThat(wdmd.resetSeconds()).isEqualTo(-1);
  }

  /** The second example of wdmd.md 13: W 10, io 2. */
  @Test
  void theAnnotatedLogWithAFireTimeoutOfTen() {
    VirtualWdmd wdmd = new VirtualWdmd(1438.14);
    VirtualWdmd.Peer client = wdmd.activate("sanlock_LE:1", 10, 1437, 1453);
    wdmd.runUntil(1461);
    // Two seconds before the expiry begins the warning; the test comes at the next even second.
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).hasSize(1);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN).get(0)).isBetween(1451.0, 1453.0);
    assertThat(wdmd.resetSeconds()).isLessThan(1463);
    client.testLive(0, 0);
    wdmd.runUntil(1462);
    assertThat(wdmd.times(Kind.OPEN)).hasSize(2);
  }

  /** timeouts.md 5: unclean close and reset relative to the last renewal, for every phase. */
  @ParameterizedTest
  @CsvSource({
    "2,60,6,16,66,76",
    "5,60,30,40,90,100",
    "10,60,70,80,130,140",
    "20,60,150,160,210,220",
    "2,30,11,16,41,46",
    "5,30,35,40,65,70",
    "10,30,75,80,105,110",
    "1,10,6,8,16,18",
    "2,10,14,16,24,26",
    "5,10,38,40,48,50"
  })
  void closeAndResetLieInTheRangesOfTheTable(
      int io, int fire, int closeFrom, int closeTo, int resetFrom, int resetTo) {
    int interval = fire >= 60 ? 10 : fire >= 30 ? 5 : 2;
    for (int tenth = 0; tenth < interval * 10; tenth++) {
      double start = 1000 - tenth / 10.0;
      VirtualWdmd wdmd = new VirtualWdmd(start);
      VirtualWdmd.Peer client = wdmd.activate("c", fire, 0, 0);
      wdmd.runUntil(1000);
      client.testLive(1000, 1000 + 8 * io);
      wdmd.runUntil(1000 + 8 * io + fire);
      assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).as("phase %d", tenth).hasSize(1);
      double close = wdmd.times(Kind.CLOSE_UNCLEAN).get(0) - 1000;
      assertThat(close).as("phase %d", tenth).isGreaterThanOrEqualTo(closeFrom).isLessThan(closeTo);
      assertThat(wdmd.resetSeconds() - 1000).isGreaterThanOrEqualTo(resetFrom).isLessThan(resetTo);
    }
  }

  @Test
  void renewalsInTimeAreNeverWarnedAbout() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("c", 60, 1000, 1080);
    for (int now = 1020; now < 3000; now += 21) {
      wdmd.runUntil(now);
      client.testLive(now, now + 80);
    }
    assertThat(wdmd.logged("test")).isZero();
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).isEmpty();
    assertThat(wdmd.times(Kind.KEEPALIVE)).hasSize(200);
  }

  @Test
  void theWorstOfManyClientsDecides() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    wdmd.activate("a", 60, 1000, 5000);
    wdmd.activate("b", 60, 1000, 1031);
    wdmd.activate("c", 60, 1000, 0);
    wdmd.runUntil(1200);
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).hasSize(1);
    assertThat(wdmd.lastPingSeconds()).isLessThan(1031);
    assertThat(wdmd.logged("client 14735 a")).isZero();
  }

  @Test
  void theDeviceIsStoppedWhenTheLastConnectionEnds() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer first = wdmd.activate("a", 60, 1000, 1080);
    VirtualWdmd.Peer second = wdmd.activate("b", 60, 1000, 1080);
    first.testLive(0, 0);
    first.close();
    wdmd.runUntil(1005);
    assertThat(wdmd.device.isOpen()).isTrue();
    second.testLive(0, 0);
    second.close();
    wdmd.runUntil(1006);
    assertThat(wdmd.times(Kind.CLOSE_CLEAN)).hasSize(1);
    assertThat(wdmd.log).contains("/dev/watchdog0 disarmed", "close watchdog unused");
    wdmd.activate("c", 30, 1006, 1046);
    assertThat(wdmd.device.timeout).isEqualTo(30);
  }

  @Test
  void anotherTimeoutCanBeHadOnlyWhileItIsClosed() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer first = wdmd.connect();
    assertThat(first.open(30)).isEqualTo(30);
    assertThat(wdmd.connect().open(0)).isEqualTo(30);
    assertThat(wdmd.connect().open(30)).isEqualTo(30);
    assertThat(new VirtualWdmd(1000).connect().open(0)).isZero();
    assertThat(new VirtualWdmd(1000).connect().open(-5)).isZero();
  }

  /** sanlk-resetd expires on purpose and others count on a reset within 70 seconds (wdmd.md 10). */
  @Test
  void anExpiryOnPurposeIsActedUponAtOnce() {
    VirtualWdmd wdmd = new VirtualWdmd(1000);
    VirtualWdmd.Peer client = wdmd.activate("sanlk-resetd", 60, 0, 0);
    wdmd.runUntil(1015);
    client.testLive(1015, 1015);
    wdmd.runUntil(1100);
    assertThat(wdmd.resetSeconds()).isLessThanOrEqualTo(1015 + 60);
    assertThat(wdmd.lastPingSeconds()).isLessThanOrEqualTo(1015);
  }
}
