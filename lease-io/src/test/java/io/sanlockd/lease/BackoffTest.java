package io.sanlockd.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void boundsDoubleUpToTheLastUntilRestarted() {
    Backoff longest = new Backoff(bound -> bound - 1, 3, 20);
    assertThat(LongStream.range(0, 6).map(i -> longest.nextNanos()))
        .containsExactly(3L, 6L, 12L, 20L, 20L, 20L);
    longest.restart();
    assertThat(longest.nextNanos()).isEqualTo(3);
  }

  @Test
  void noWaitIsNothing() {
    assertThat(new Backoff(bound -> 0, 3, 20).nextNanos()).isEqualTo(1);
  }
}
