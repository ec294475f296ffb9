package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.FireTimeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The time table of a failure has the numbers of timeouts.md. */
class FailurePlanTest {
  private static FailurePlan plan(int ioTimeout, int fireTimeout) {
    return FailurePlan.of(ioTimeout, fireTimeout, FireTimeout.graceSeconds(fireTimeout), true);
  }

  /** timeouts.md 5: io, W, warn, unclean close, recovery, SIGKILL, reset, takeover. */
  @ParameterizedTest
  @CsvSource({
    "2, 60, 12, 6, 16, 56, 66, 75, 76",
    "5, 60, 30, 30, 40, 80, 90, 99, 100",
    "10, 60, 60, 70, 80, 120, 130, 139, 140",
    "20, 60, 120, 150, 160, 200, 210, 219, 220",
    "2, 30, 12, 11, 16, 31, 41, 45, 46",
    "5, 30, 30, 35, 40, 55, 65, 69, 70",
    "10, 30, 60, 75, 80, 95, 105, 109, 110",
    "1, 10, 6, 6, 8, 8, 16, 17, 18",
    "2, 10, 12, 14, 16, 16, 24, 25, 26",
    "5, 10, 30, 38, 40, 40, 48, 49, 50"
  })
  void theNumbersAreThoseOfTheSpecification(
      int io,
      int fire,
      int warn,
      int close,
      int lost,
      int sigkill,
      int resetFrom,
      int resetTo,
      int takeover) {
    FailurePlan plan = plan(io, fire);
    assertThat(plan.warn()).isEqualTo(warn);
    assertThat(plan.uncleanCloseFrom()).isEqualTo(close);
    assertThat(plan.lost()).isEqualTo(lost);
    assertThat(plan.sigkill()).isEqualTo(sigkill);
    assertThat(plan.resetFrom()).isEqualTo(resetFrom);
    assertThat(plan.resetBefore() - 1).isEqualTo(resetTo);
    assertThat(plan.takeoverFrom()).isEqualTo(takeover);
    assertThat(plan.problems()).isEmpty();
  }

  @Test
  void theResetIsBeforeTheTakeoverForEveryPair() {
    for (int io = 1; io <= 255; io++) {
      for (int fire = 1; fire <= 200; fire++) {
        FailurePlan plan = plan(io, fire);
        assertThat(plan.resetBefore()).isLessThanOrEqualTo(plan.takeoverFrom());
        assertThat(plan.takeoverTo()).isGreaterThanOrEqualTo(plan.takeoverFrom());
      }
    }
  }

  @Test
  void anIoTimeoutOfOneSecondIsRefusedWithTheUsualWatchdog() {
    assertThat(plan(1, 60).problems()).singleElement().asString().contains("use 2 or more");
    assertThat(plan(2, 60).problems()).isEmpty();
  }

  @Test
  void aGraceThatLeavesNoTimeForSigkillIsAProblem() {
    assertThat(FailurePlan.of(10, 60, 60, true).problems())
        .singleElement()
        .asString()
        .contains("kill_grace_seconds 60", "use 42 or less");
    assertThat(FailurePlan.of(10, 60, 42, true).problems()).isEmpty();
  }

  @Test
  void theIoTimeoutForAnOutageIsTheSmallestThatSurvivesIt() {
    for (int outage = 1; outage <= 1000; outage++) {
      int io = FailurePlan.ioTimeoutFor(outage, 60, true);
      if (io > 255) {
        break;
      }
      assertThat(plan(io, 60).surelySurvived()).isGreaterThanOrEqualTo(outage);
      assertThat(io == 2 || plan(io - 1, 60).surelySurvived() < outage)
          .as("%d for %d", io, outage)
          .isTrue();
    }
  }

  /**
   * An outage begins right before the next renewal is due; a complete attempt of two io_timeouts,
   * begun after a second of noticing, ends before the lease is lost.
   */
  @Test
  void whatIsSurelySurvivedLeavesTimeForOneCompleteAttempt() {
    for (int io = 1; io <= 255; io++) {
      FailurePlan plan = plan(io, 60);
      double begin = plan.firstAttemptTo() + plan.surelySurvived();
      if (plan.surelySurvived() > 0) {
        assertThat(begin + 1 + 2 * io).isLessThanOrEqualTo(plan.lost());
      }
    }
  }

  @Test
  void theTableAndTheDrawingSayTheSame() {
    Screen screen = new Screen();
    assertThat(screen.run("plan", "--io-timeout", "10")).isZero();
    assertThat(screen.out())
        .contains("70 - 79  wdmd pings for the last time")
        .contains("130 - 139  the watchdog resets the host")
        .contains("140 - 163  other hosts count it dead")
        .contains("processes                                  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒████████")
        .contains("watchdog                              ░░░░                    ████");
    assertThat(screen.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void theDrawingFitsForEveryPair() {
    Console console =
        new Console(
            new Screen.Text(new StringBuilder()), new Screen.Text(new StringBuilder()), false);
    for (int io = 1; io <= 255; io++) {
      for (int fire : new int[] {1, 10, 30, 60, 3600}) {
        for (int outage : new int[] {0, 1, 1000}) {
          assertThat(new PlanDrawing(plan(io, fire), console, outage).lines())
              .allMatch(line -> line.length() <= 80 && line.chars().allMatch(c -> c < 128));
        }
      }
    }
  }

  @Test
  void anOutageThatMayCostTheLeaseIsAWarning() {
    Screen screen = new Screen();
    assertThat(screen.run("plan", "-o", "10", "--outage", "60")).isEqualTo(ExitStatus.WARNING);
    assertThat(screen.out()).contains("io_timeout 16 would be safe");
  }

  @Test
  void argumentsThatMakeNoSenseAreNamed() {
    Screen screen = new Screen();
    assertThat(screen.run("plan")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.run("plan", "-o", "256")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.run("plan", "-o", "x")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.run("plan", "--outage", "5000")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err())
        .contains("give --io-timeout, or --outage to find one")
        .contains("--io-timeout 256 is not in 1..255")
        .contains("survives an outage of 5000 s");
  }
}
