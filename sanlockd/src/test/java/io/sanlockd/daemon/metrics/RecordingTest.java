package io.sanlockd.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sanlockd.protocol.Command;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private static final int TIMES = 10_000;

  private final DurationHistogram durations = new DurationHistogram();
  private final RequestCounts requests = new RequestCounts();
  private final StopCounts stops = new StopCounts();
  private final AcquireCounts acquires = new AcquireCounts();

  private void recordEverything(int i) {
    durations.record(i * 1_000_000L);
    requests.answered(Command.ACQUIRE, -i);
    stops.attempted(StopCounts.Means.SIGKILL, 0);
    acquires.ballots(2);
    acquires.acquireRepeated();
  }

  @Test
  void recordingAllocatesNothing() {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    recordEverything(1);
    assertThat(thread.getCurrentThreadAllocatedBytes()).isPositive();
    long before = thread.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < TIMES; i++) {
      recordEverything(i);
    }
    // Less than a byte each: what the measurement itself takes.
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(TIMES);
  }

  @Test
  void answersAreCountedByCommandAndResult() {
    requests.answered(Command.ACQUIRE, 0);
    requests.answered(Command.ACQUIRE, -243);
    requests.answered(Command.ACQUIRE, -243);
    requests.answered(Command.RELEASE, -243);
    // A result above 0 answers a question, as host ids do.
    requests.answered(Command.REQUEST, 7);
    assertThat(requests.count(Command.ACQUIRE, -243)).isEqualTo(2);
    assertThat(requests.count(Command.RELEASE, -243)).isEqualTo(1);
    assertThat(requests.count(Command.REQUEST, 0)).isEqualTo(1);
    List<String> seen = new ArrayList<>();
    requests.forEach(Command.ACQUIRE, (result, count) -> seen.add(result + "=" + count));
    assertThat(seen).containsExactlyInAnyOrder("0=1", "-243=2");
  }

  @Test
  void resultsWithoutANameAreCountedTogether() {
    requests.answered(Command.ACQUIRE, -1999);
    requests.answered(Command.ACQUIRE, -1998);
    List<String> seen = new ArrayList<>();
    requests.forEach(Command.ACQUIRE, (result, count) -> seen.add(result + "=" + count));
    assertThat(seen).containsExactly(RequestCounts.OTHER + "=2");
  }

  @Test
  void attemptsThatGotOnTheirWayAreToldFromOthers() {
    stops.attempted(StopCounts.Means.SIGTERM, 0);
    stops.attempted(StopCounts.Means.SIGTERM, -1);
    stops.attempted(StopCounts.Means.SIGTERM, -1);
    assertThat(stops.count(StopCounts.Means.SIGTERM, true)).isEqualTo(1);
    assertThat(stops.count(StopCounts.Means.SIGTERM, false)).isEqualTo(2);
    assertThat(stops.count(StopCounts.Means.SIGKILL, true)).isZero();
  }

  @Test
  void onlyBallotsBehindTheFirstAreRepetitions() {
    acquires.ballots(0);
    acquires.ballots(1);
    acquires.ballots(3);
    assertThat(acquires.ballots()).isEqualTo(4);
    assertThat(acquires.repeatedBallots()).isEqualTo(2);
  }
}
