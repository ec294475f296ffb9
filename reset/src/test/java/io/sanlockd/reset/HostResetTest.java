package io.sanlockd.reset;

import static io.sanlockd.reset.HostReset.Outcome.DONE;
import static io.sanlockd.reset.HostReset.Outcome.FAILED;
import static io.sanlockd.reset.HostReset.Outcome.PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.protocol.HostState;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a host counts as reset, in virtual time. The target is host 2, generation 3. */
class HostResetTest {
  private final FakeLockManager locks = new FakeLockManager();
  private final RecordedLog log = new RecordedLog();
  private long now = 1000;

  private HostReset begun(HostReset.Plan plan, String... targets) {
    HostReset reset = notBegun(plan, targets);
    assertThat(reset.begin()).isTrue();
    return reset;
  }

  private HostReset notBegun(HostReset.Plan plan, String... targets) {
    return new HostReset(
        locks,
        plan,
        Arrays.stream(targets).map(word -> Target.parse(word, 0)).toList(),
        () -> now,
        log.log(ProgramLog.Detail.PLAIN));
  }

  private static HostReset.Plan plan(String... options) {
    try {
      return HostReset.Plan.of(ResetOptions.parse(options));
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  private HostReset.Outcome checkAt(long second, HostReset reset) {
    now = second;
    return reset.check();
  }

  @Test
  void hostThatPromisedAndIsDeadWasReset() {
    locks.host("ls", HostState.LIVE, 500, 5);
    HostReset reset = begun(plan(), "ls:2");
    assertThat(locks.calls).containsExactly("REG_EVENT ls", "SET_EVENT ls 2 0 1");
    assertThat(checkAt(1002, reset)).isEqualTo(PENDING);
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    assertThat(checkAt(1100, reset)).isEqualTo(PENDING);
    locks.host("ls", HostState.DEAD, 510, 5);
    assertThat(checkAt(1110, reset)).isEqualTo(DONE);
    reset.end();
    assertThat(locks.calls).endsWith("END_EVENT ls");
    assertThat(log.lines())
        .containsExactly(
            "asked host to reset in ls ls:2",
            "disable native_timeout due to zero io_timeout in ls:2",
            "host resetting in ls ls:2",
            "host dead in ls ls:2",
            "reset done by host_status in ls ls:2",
            "reset done in 110 seconds");
    assertThat(log.syslog)
        .containsExactly("3 disable native_timeout due to zero io_timeout in ls:2");
  }

  @Test
  void promiseCountsAfter90SecondsWithoutLongRenewals() {
    locks.host("ls", HostState.LIVE, 500, 10);
    HostReset reset = begun(plan(), "ls:2");
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    assertThat(checkAt(1010, reset)).isEqualTo(PENDING);
    locks.host("ls", HostState.FAIL, 570, 10);
    assertThat(checkAt(1100, reset)).isEqualTo(PENDING);
    assertThat(checkAt(1101, reset)).isEqualTo(DONE);
    assertThat(log.lines()).contains("reset done by native_timeout in ls ls:2");
  }

  @Test
  void hostThatRenewsAfterItsPromiseWasNotReset() {
    locks.host("ls", HostState.LIVE, 500, 10);
    HostReset reset = begun(plan(), "ls:2");
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    assertThat(checkAt(1010, reset)).isEqualTo(PENDING);
    locks.host("ls", HostState.LIVE, 571, 10);
    assertThat(checkAt(1101, reset)).isEqualTo(FAILED);
    assertThat(log.lines())
        .contains("watchdog failed to fire in ls ls:2", "reset failed in 101 seconds");
  }

  /** The 90 seconds fit the io_timeout of 10 and a watchdog of 60 seconds only. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 20})
  void otherIoTimeoutsNeedADeadHost(int ioTimeout) {
    locks.host("ls", HostState.FAIL, 500, ioTimeout);
    HostReset reset = begun(plan(), "ls:2");
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    assertThat(checkAt(1010, reset)).isEqualTo(PENDING);
    assertThat(checkAt(1250, reset)).isEqualTo(PENDING);
  }

  /** A machine that hangs in its reboot renews nothing and may still write. */
  @Test
  void rebootWithoutTheWatchdogNeedsADeadHost() {
    locks.host("ls", HostState.FAIL, 500, 10);
    HostReset reset = begun(plan("-b", "1"), "ls:2");
    locks.deliver("ls", 2, ResetEvents.REBOOTING);
    assertThat(checkAt(1010, reset)).isEqualTo(PENDING);
    assertThat(checkAt(1250, reset)).isEqualTo(PENDING);
  }

  @Test
  void nativeTimeoutCanBeSwitchedOff() {
    locks.host("ls", HostState.FAIL, 500, 10);
    HostReset reset = begun(plan("-t", "0"), "ls:2");
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    assertThat(checkAt(1010, reset)).isEqualTo(PENDING);
    assertThat(checkAt(1250, reset)).isEqualTo(PENDING);
  }

  @Test
  void deadHostThatPromisedNothingIsAFailureUnlessResourcesAreProtected() {
    locks.host("ls", HostState.DEAD, 500, 1);
    assertThat(checkAt(1002, begun(plan(), "ls:2"))).isEqualTo(FAILED);
    assertThat(log.lines())
        .contains(
            "host is dead with no reply in ls:2",
            "reset failed: no replies in 1 ls",
            "reset failed in 2 seconds");
    assertThat(checkAt(1004, begun(plan("-R", "1"), "ls:2"))).isEqualTo(DONE);
  }

  @Test
  void freeHostAndHostThatRenewsFourTimesWithoutReplyAreFailures() {
    locks.host("ls", HostState.FREE, 0, 1);
    assertThat(checkAt(1002, begun(plan(), "ls:2"))).isEqualTo(FAILED);
    assertThat(log.lines()).contains("host is free with no reply in ls:2");

    HostReset reset = begun(plan(), "ls:2");
    for (int renewal = 0; renewal < 4; renewal++) {
      locks.host("ls", HostState.LIVE, 600 + renewal, 1);
      assertThat(reset.check()).isEqualTo(PENDING);
      assertThat(reset.check()).as("no new timestamp").isEqualTo(PENDING);
    }
    locks.host("ls", HostState.LIVE, 604, 1);
    assertThat(reset.check()).isEqualTo(FAILED);
    assertThat(log.lines()).contains("host renewals 4 with no reply in ls:2");
  }

  @Test
  void nothingTakesLongerThan300Seconds() {
    locks.host("ls", HostState.FAIL, 500, 1);
    HostReset reset = begun(plan(), "ls:2");
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    assertThat(checkAt(1300, reset)).isEqualTo(PENDING);
    assertThat(checkAt(1301, reset)).isEqualTo(FAILED);
    assertThat(log.lines())
        .contains("host watchdog reset failed in ls:2", "reset failed in 301 seconds");
    locks.failures.put("GET_HOSTS ls", -111);
    HostReset silent = begun(plan(), "ls:2");
    assertThat(checkAt(1602, silent)).isEqualTo(FAILED);
  }

  @Test
  void repliesOfOtherHostsAndOtherGenerationsAndOtherEventsDoNotCount() {
    locks.host("ls", HostState.DEAD, 500, 1);
    HostReset any = begun(plan(), "ls:2");
    locks.deliver("ls", 4, ResetEvents.RESETTING);
    locks.deliver("ls", 2, ResetEvents.RESET | ResetEvents.REBOOT);
    assertThat(any.check()).isEqualTo(FAILED);
    HostReset older = begun(plan("-g", "2"), "ls:2");
    assertThat(locks.calls).endsWith("SET_EVENT ls 2 2 1 [CURRENT_GENERATION]");
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    assertThat(older.check()).isEqualTo(FAILED);
    HostReset same = begun(plan("-g", "3", "-b", "1"), "ls:2");
    locks.deliver("ls", 2, ResetEvents.REBOOTING);
    assertThat(same.check()).isEqualTo(DONE);
  }

  @Test
  void oneLockspaceThatShowsTheEndIsEnough() {
    locks.failures.put("REG_EVENT no", -2);
    locks.failures.put("SET_EVENT busy", -16);
    locks.host("one", HostState.LIVE, 500, 1);
    locks.host("two", HostState.FREE, 0, 1);
    HostReset reset = begun(plan(), "no:2", "busy:2", "one:2", "two:3");
    assertThat(reset.check()).isEqualTo(PENDING);
    assertThat(reset.check()).isEqualTo(PENDING);
    locks.deliver("one", 2, ResetEvents.RESETTING);
    locks.host("one", HostState.DEAD, 500, 1);
    assertThat(reset.check()).isEqualTo(DONE);
    assertThat(log.lines())
        .contains("reg_event error -2 ls no", "set_event error -16 ls busy")
        .containsOnlyOnce("host is free with no reply in two:3");
  }

  @Test
  void withoutAnyLockspaceNothingIsAsked() {
    locks.failures.put("REG_EVENT no", -2);
    assertThat(notBegun(plan(), "no:2").begin()).isFalse();
    assertThat(log.lines())
        .containsExactly("reg_event error -2 ls no", "No lockspaces could be registered.");
    locks.failures.put("SET_EVENT busy", -16);
    assertThat(notBegun(plan(), "busy:2").begin()).isFalse();
    assertThat(log.lines())
        .containsExactly("set_event error -16 ls busy", "Event could not be set in any lockspace.");
    assertThat(locks.listeners).isEmpty();
  }

  /** The C program dies of a signal here. */
  @Test
  void endOfTheEventsWithoutAReplyIsAFailure() {
    locks.host("ls", HostState.LIVE, 500, 1);
    HostReset reset = begun(plan(), "ls:2");
    assertThat(reset.check()).isEqualTo(PENDING);
    locks.listeners.get("ls").ended(-1);
    assertThat(reset.check()).isEqualTo(FAILED);
    assertThat(log.lines()).contains("unregister get_event error -1 ls ls");
  }

  @Test
  void endOfTheEventsAfterTheReplyLeavesTheHostStatus() {
    locks.host("ls", HostState.LIVE, 500, 1);
    HostReset reset = begun(plan(), "ls:2");
    locks.deliver("ls", 2, ResetEvents.RESETTING);
    locks.listeners.get("ls").ended(-1);
    locks.failures.put("GET_HOSTS ls", -111);
    assertThat(reset.check()).isEqualTo(PENDING);
    locks.failures.clear();
    locks.host("ls", HostState.DEAD, 500, 1);
    assertThat(reset.check()).isEqualTo(DONE);
  }
}
