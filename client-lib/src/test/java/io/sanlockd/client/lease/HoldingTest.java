package io.sanlockd.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.LeaseName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A holding in virtual time, with an io_timeout of 10 seconds. */
class HoldingTest {
  private static final LeaseResource RESOURCE = LeaseResource.of("ls", "r1", "/d", 0);
  private static final int PID = 4711;
  private static final int IO_TIMEOUT = 10;

  private final List<String> told = new ArrayList<>();
  private long nowNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(50);

  /** Writes down what it is told. */
  private final class Told implements Holding.Observer {
    @Override
    public void lost(LeaseLoss loss) {
      told.add("lost " + loss.cause());
    }

    @Override
    public void renewalLate(Duration sinceRenewal) {
      told.add("late " + sinceRenewal.toSeconds());
    }

    @Override
    public void renewed() {
      told.add("renewed");
    }
  }

  private static Snapshot snapshot(long age, boolean usable, Snapshot.Holding... holdings) {
    LeaseName lockspace = RESOURCE.lockspaceName();
    return new Snapshot(
        Map.of(lockspace, new Snapshot.Space(3, 8, IO_TIMEOUT, age, usable)),
        Map.of(Snapshot.LeaseKey.of(RESOURCE.named(LeaseMode.EXCLUSIVE)), List.of(holdings)));
  }

  private static Snapshot held(long age, long version) {
    return snapshot(age, true, new Snapshot.Holding(PID, version, LeaseMode.EXCLUSIVE));
  }

  private Holding holding(Snapshot snapshot) {
    return new Holding(
        RESOURCE, LeaseMode.EXCLUSIVE, PID, new Told(), () -> nowNanos, nowNanos, snapshot);
  }

  private void pass(long seconds) {
    nowNanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void endsEightIoTimeoutsAfterTheLastRenewalKnownAndNeverComesBack() {
    Holding holding = holding(held(5, 7));
    assertThat(holding.token())
        .isEqualTo(new FencingToken("ls", "r1", LeaseMode.EXCLUSIVE, 3, 8, 7));
    // 80 less an age that may be 6.
    assertThat(holding.remaining()).isEqualTo(Duration.ofSeconds(74));
    pass(73);
    assertThat(holding.isHeld()).isTrue();
    pass(1);
    assertThat(holding.isHeld()).isFalse();
    assertThat(holding.remaining()).isZero();
    holding.check(nowNanos, held(0, 7));
    assertThat(holding.isHeld()).isFalse();
    holding.close();
    assertThat(holding.loss().orElseThrow().cause()).isEqualTo(LeaseLoss.Cause.NOT_CONFIRMED);
    assertThat(told).containsExactly("lost NOT_CONFIRMED");
  }

  @Test
  void confirmationCountsFromTheQuestionNotFromTheAnswer() {
    Holding holding = holding(held(0, 7));
    long askedNanos = nowNanos;
    pass(60);
    holding.check(askedNanos, held(0, 7));
    assertThat(holding.remaining()).isEqualTo(Duration.ofSeconds(19));
    holding.check(nowNanos, held(0, 7));
    assertThat(holding.remaining()).isEqualTo(Duration.ofSeconds(79));
  }

  @Test
  void lateRenewalIsToldOnceAndItsReturnToo() {
    Holding holding = holding(held(0, 7));
    holding.check(nowNanos, held(39, 7));
    assertThat(told).isEmpty();
    holding.check(nowNanos, held(40, 7));
    holding.check(nowNanos, held(41, 7));
    assertThat(told).containsExactly("late 41");
    holding.check(nowNanos, held(1, 7));
    assertThat(told).containsExactly("late 41", "renewed");
  }

  @Test
  void failedOrMissingLockspaceIsLost() {
    Holding failed = holding(held(0, 7));
    failed.check(nowNanos, snapshot(0, false, new Snapshot.Holding(PID, 7, LeaseMode.EXCLUSIVE)));
    assertThat(failed.loss().orElseThrow().cause()).isEqualTo(LeaseLoss.Cause.LOCKSPACE_FAILED);
    Holding left = holding(held(0, 7));
    left.check(nowNanos, new Snapshot(Map.of(), Map.of()));
    assertThat(left.loss().orElseThrow().cause()).isEqualTo(LeaseLoss.Cause.LOCKSPACE_FAILED);
  }

  @Test
  void leaseOfAnotherProcessIsNotOurs() {
    Holding holding = holding(held(0, 7));
    holding.check(
        nowNanos, snapshot(0, true, new Snapshot.Holding(PID + 1, 8, LeaseMode.EXCLUSIVE)));
    assertThat(holding.isHeld()).isFalse();
    assertThat(holding.token().version()).isEqualTo(7);
    assertThat(told).containsExactly("lost RELEASED_BY_OTHERS");
  }

  @Test
  void exclusiveHolderIsKnownByAnotherPidInAnotherNamespace() {
    Holding holding = holding(snapshot(0, true, new Snapshot.Holding(12, 7, LeaseMode.EXCLUSIVE)));
    assertThat(holding.isHeld()).isTrue();
    holding.check(nowNanos, snapshot(0, true, new Snapshot.Holding(13, 8, LeaseMode.EXCLUSIVE)));
    assertThat(holding.isHeld()).isFalse();
  }

  @Test
  void olderAnswerDoesNotBringBackTheTokenFromBeforeAConversion() {
    Holding holding = holding(held(0, 7));
    long beforeNanos = nowNanos;
    pass(1);
    holding.check(nowNanos, snapshot(0, true, new Snapshot.Holding(PID, 8, LeaseMode.SHARED)));
    holding.check(beforeNanos, held(0, 7));
    assertThat(holding.token().version()).isEqualTo(8);
    assertThat(holding.token().mode()).isEqualTo(LeaseMode.SHARED);
  }

  @Test
  void closedIsNotLost() {
    Holding holding = holding(held(0, 7));
    holding.close();
    holding.lose(LeaseLoss.Cause.DAEMON_GONE, "too late");
    assertThat(holding.isHeld()).isFalse();
    assertThat(holding.loss()).isEmpty();
    assertThat(told).isEmpty();
  }
}
