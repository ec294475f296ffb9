package io.sanlockd.wdmd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A lock daemon that renews as the C one does is never taken for a dead one, whatever the phase of
 * the tests: the look before an expiry comes when such a renewal has long arrived (timeouts.md 5).
 */
class HealthyClientTest {
  private static final int RENEWALS = 25;

  /** Longest time from the begin of a renewal to the arrival of its promise that io 2 allows. */
  private static final double LONGEST_WRITE = 0.45;

  @ParameterizedTest
  @CsvSource({"10,2", "30,5", "60,10"})
  void renewalsInTimeNeverCloseTheDevice(int fire, int interval) {
    for (long io = 2; io <= 20; io++) {
      for (int tenth = 0; tenth < 10 * interval; tenth++) {
        double begin = 1000 - tenth / 10.0;
        stays(fire, io, begin, new Random(tenth));
        stays(fire, io, begin, null);
      }
    }
  }

  /** Waits of 0.5 to 1.5 s by chance, or always as long as can be. */
  private static void stays(int fire, long io, double begin, Random random) {
    VirtualWdmd wdmd = new VirtualWdmd(begin);
    VirtualWdmd.Peer client = wdmd.activate("sanlock_LE:1", fire, 0, 0);
    long renewed = 1000;
    double arrived = 0;
    for (int i = 0; i < RENEWALS; i++) {
      double wait = random == null ? 1.499 : 0.5 + random.nextDouble();
      double write = random == null ? LONGEST_WRITE : random.nextDouble() * LONGEST_WRITE;
      double start = i == 0 ? 1000 : renewed + 2 * io + wait;
      // Times are whole seconds, taken before the write.
      renewed = (long) start;
      arrived = start + write;
      wdmd.runUntil(arrived);
      client.testLive(renewed, renewed + 8 * io);
    }
    assertThat(wdmd.times(Kind.CLOSE_UNCLEAN)).as("io %d begin %.1f", io, begin).isEmpty();
    assertThat(wdmd.logged("test")).isZero();
    assertThat(wdmd.resetSeconds()).isGreaterThan(arrived);
  }
}
