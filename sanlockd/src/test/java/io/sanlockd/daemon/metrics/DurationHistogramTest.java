package io.sanlockd.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
  private static final int LAST = DurationHistogram.buckets() - 1;

  private final DurationHistogram histogram = new DurationHistogram();

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private List<Integer> filled() {
    return IntStream.range(0, DurationHistogram.buckets())
        .filter(bucket -> histogram.count(bucket) > 0)
        .boxed()
        .toList();
  }

  @Test
  void boundsAscend() {
    for (int bucket = 1; bucket < LAST; bucket++) {
      assertThat(DurationHistogram.boundMillis(bucket))
          .isGreaterThan(DurationHistogram.boundMillis(bucket - 1));
    }
  }

  @Test
  void aDurationFallsIntoTheFirstBucketThatIsWideEnough() {
    for (int bucket = 0; bucket < LAST; bucket++) {
      long bound = millis(DurationHistogram.boundMillis(bucket));
      long here = histogram.count(bucket);
      long next = histogram.count(bucket + 1);
      histogram.record(bound);
      assertThat(histogram.count(bucket)).isEqualTo(here + 1);
      histogram.record(bound + 1);
      assertThat(histogram.count(bucket + 1)).isEqualTo(next + 1);
    }
    assertThat(histogram.count()).isEqualTo(2L * LAST);
  }

  @Test
  void whatIsLongerThanEveryBoundIsCountedInTheLastBucket() {
    histogram.record(Long.MAX_VALUE);
    assertThat(filled()).containsExactly(LAST);
  }

  @Test
  void sumAndLongestAreExact() {
    histogram.record(3);
    histogram.record(millis(7));
    histogram.record(5);
    assertThat(histogram.sumNanos()).isEqualTo(millis(7) + 8);
    assertThat(histogram.longestNanos()).isEqualTo(millis(7));
  }

  @Test
  void aClockThatWentBackCountsAsNothing() {
    histogram.record(-5);
    assertThat(filled()).containsExactly(0);
    assertThat(histogram.sumNanos()).isZero();
    assertThat(histogram.longestNanos()).isZero();
  }

  @Test
  void nothingIsLostWhenThreadsRecordAtTheSameTime() throws InterruptedException {
    int each = 100_000;
    List<Thread> threads = new ArrayList<>();
    for (int t = 1; t <= 4; t++) {
      int step = t;
      Thread thread =
          new Thread(
              () -> IntStream.rangeClosed(1, each).forEach(i -> histogram.record((long) i * step)));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(histogram.count()).isEqualTo(4L * each);
    assertThat(histogram.sumNanos()).isEqualTo(10L * each * (each + 1) / 2);
    assertThat(histogram.longestNanos()).isEqualTo(4L * each);
  }
}
