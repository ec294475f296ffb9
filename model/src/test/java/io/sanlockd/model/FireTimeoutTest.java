package io.sanlockd.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of timeouts.md 1 and 7. */
class FireTimeoutTest {
  @ParameterizedTest
  @CsvSource({
    "3600, 40, 10, 2",
    "60, 40, 10, 2",
    "59, 15, 5, 2",
    "30, 15, 5, 2",
    "29, 0, 2, 1",
    "10, 0, 2, 1",
    "9, 0, 1, 1",
    "1, 0, 1, 1"
  })
  void graceTestIntervalAndLeastIoTimeoutFollowFromTheFireTimeout(
      int fire, int grace, int interval, int leastIo) {
    assertThat(FireTimeout.graceSeconds(fire)).isEqualTo(grace);
    assertThat(FireTimeout.testIntervalSeconds(fire)).isEqualTo(interval);
    assertThat(FireTimeout.leastIoTimeoutSeconds(interval)).isEqualTo(leastIo);
  }

  @ParameterizedTest
  @CsvSource({"1, 10", "2, 10", "2, 2", "1, 2", "3, 20", "4, 20"})
  void theLeastIoTimeoutIsTheFirstWhoseRenewalsComeBeforeTheTestInterval(int io, int interval) {
    boolean isSafe = 6000 * io > 1000 * interval + 1500;
    assertThat(io >= FireTimeout.leastIoTimeoutSeconds(interval)).isEqualTo(isSafe);
  }
}
