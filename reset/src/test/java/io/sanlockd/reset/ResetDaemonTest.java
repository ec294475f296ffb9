package io.sanlockd.reset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the daemon does when hosts ask it for a reset, in virtual time. */
class ResetDaemonTest {
  private final FakeLockManager locks = new FakeLockManager();
  private final RecordedLog log = new RecordedLog();
  private int fireResult;
  private int rebootResult;
  private int reboots;
  private long now = 1000;

  private final Watchdog watchdog =
      new Watchdog() {
        @Override
        public int fire() {
          locks.calls.add("FIRE");
          return fireResult;
        }

        @Override
        public void release() {
          locks.calls.add("RELEASE");
        }
      };

  private ResetDaemon daemon(boolean reboots, boolean resourceMode, String... names) {
    ResetDaemon.Settings settings =
        new ResetDaemon.Settings(
            reboots ? Optional.of(this::reboot) : Optional.empty(), 25, resourceMode);
    ResetDaemon daemon =
        new ResetDaemon(locks, watchdog, settings, () -> now, log.log(ProgramLog.Detail.DEBUG));
    for (String name : names) {
      daemon.register(name);
    }
    locks.calls.clear();
    return daemon;
  }

  private int reboot() {
    reboots++;
    return rebootResult;
  }

  private static ByteBuffer datagram(String text, int length) {
    return ByteBuffer.allocate(length)
        .put(text.getBytes(StandardCharsets.ISO_8859_1))
        .position(length)
        .flip();
  }

  /** The promise comes last: another host takes over what is ours because of it. */
  @Test
  void lockspaceIsMarkedThenTheWatchdogFiresThenAllHostsHearIt() {
    ResetDaemon daemon = daemon(false, false, "ls");
    locks.deliver("ls", 5, ResetEvents.RESET);
    List<String> obeyed = List.of("SET_CONFIG ls USED", "FIRE", "SET_EVENT ls 5 3 2 [ALL_HOSTS]");
    assertThat(locks.calls).isEqualTo(obeyed);
    assertThat(log.lines())
        .endsWith(
            "request to reset (1 0) from host 5 3 ls ls",
            "Resetting host with watchdog",
            "set reply resetting (2 0) for host 5 3 ls ls");
    locks.deliver("ls", 5, ResetEvents.RESET);
    daemon.tick();
    assertThat(locks.calls).as("once").isEqualTo(obeyed);
    daemon.quit();
    assertThat(locks.calls).contains("END_EVENT ls").doesNotContain("RELEASE");
  }

  @Test
  void secondLockspaceIsAnsweredWithoutAnotherPromiseToWdmd() {
    ResetDaemon unused = daemon(false, true, "one", "two");
    locks.deliver("one", 5, ResetEvents.RESET);
    locks.deliver("two", 6, ResetEvents.RESET);
    assertThat(locks.calls)
        .containsExactly(
            "FIRE", "SET_EVENT one 5 3 2 [ALL_HOSTS]", "SET_EVENT two 6 3 2 [ALL_HOSTS]");
  }

  @Test
  void whatWasNotDoneIsNotPromisedAndTriedAgainWithTheNextEvent() {
    ResetDaemon unused = daemon(false, false, "ls");
    locks.failures.put("SET_CONFIG ls", -28);
    locks.deliver("ls", 5, ResetEvents.RESET);
    assertThat(locks.calls).isEmpty();
    locks.failures.clear();
    fireResult = -32;
    locks.deliver("ls", 5, ResetEvents.RESET);
    assertThat(locks.calls).containsExactly("SET_CONFIG ls USED", "FIRE");
    assertThat(log.lines())
        .contains("sanlock_set_config error -28 ls ls", "watchdog_reset_self test_live failed -32");
    fireResult = 0;
    locks.deliver("ls", 5, ResetEvents.RESET);
    assertThat(locks.calls).endsWith("FIRE", "SET_EVENT ls 5 3 2 [ALL_HOSTS]");
  }

  /** Two hosts that reset each other: our own request is still on its way. */
  @Test
  void answerIsRepeatedWhileAnotherEventIsOnItsWay() {
    ResetDaemon daemon = daemon(false, true, "ls");
    locks.failures.put("SET_EVENT ls", -16);
    locks.deliver("ls", 5, ResetEvents.RESET);
    daemon.tick();
    assertThat(locks.calls).containsExactly("FIRE");
    assertThat(log.lines()).containsOnlyOnce("set_event error -16 ls ls");
    locks.failures.clear();
    daemon.tick();
    daemon.tick();
    assertThat(locks.calls).containsExactly("FIRE", "SET_EVENT ls 5 3 2 [ALL_HOSTS]");
  }

  @Test
  void rebootIsDoneAfterTheDelayAndTriedAgain() {
    ResetDaemon daemon = daemon(true, false, "ls");
    locks.deliver("ls", 5, ResetEvents.REBOOT | ResetEvents.RESET);
    assertThat(locks.calls)
        .containsExactly("SET_CONFIG ls USED", "FIRE", "SET_EVENT ls 5 3 a [ALL_HOSTS]");
    now += 24;
    daemon.tick();
    assertThat(reboots).isZero();
    now += 1;
    rebootResult = -5;
    daemon.tick();
    daemon.tick();
    assertThat(reboots).isEqualTo(2);
    assertThat(log.lines()).contains("failed to write sysrq-trigger -5");
  }

  @Test
  void rebootAloneLeavesTheWatchdog() {
    ResetDaemon daemon = daemon(true, true, "ls");
    locks.deliver("ls", 5, ResetEvents.REBOOT);
    assertThat(locks.calls).containsExactly("SET_EVENT ls 5 3 8 [ALL_HOSTS]");
    now += 25;
    daemon.tick();
    assertThat(reboots).isEqualTo(1);
  }

  @Test
  void rebootThatIsNotEnabledIsIgnored() {
    ResetDaemon daemon = daemon(false, false, "ls");
    locks.deliver("ls", 5, ResetEvents.REBOOT);
    now += 100;
    daemon.tick();
    assertThat(locks.calls).isEmpty();
    assertThat(log.syslog).contains("3 ignore reboot request sysrq_reboot not enabled");
  }

  @Test
  void repliesOfOtherHostsAreNoticedOnly() {
    ResetDaemon unused = daemon(true, false, "ls");
    locks.deliver("ls", 5, ResetEvents.RESETTING | ResetEvents.REBOOTING);
    locks.deliver("ls", 5, 16);
    assertThat(locks.calls).isEmpty();
    assertThat(log.lines()).contains("notice of resetting rebooting (a 0) from host 5 3 ls ls");
  }

  @Test
  void updatesChangeWhatIsWatched() {
    locks.failures.put("REG_EVENT no", -2);
    ResetDaemon daemon = daemon(false, false, "ls", "no");
    assertThat(log.lines()).contains("reg_event 0 ls ls", "reg_event 1 error -2 ls no");
    daemon.update(datagram("reg two", 256));
    daemon.update(datagram("reg ls", 256));
    daemon.update(datagram("end two", 256));
    daemon.update(datagram("end never", 256));
    assertThat(locks.calls)
        .containsExactly("REG_EVENT two", "END_EVENT ls", "REG_EVENT ls", "END_EVENT two");
    daemon.update(datagram("reg three", 256));
    daemon.update(datagram("clear all", 256));
    assertThat(locks.listeners).isEmpty();
    daemon.quit();
    assertThat(locks.calls).endsWith("RELEASE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reg", "", "  ", "bogus ls", "REG ls", "reg \u0001"})
  void otherUpdatesAreIgnored(String text) {
    ResetDaemon daemon = daemon(false, false);
    daemon.update(datagram(text, 256));
    daemon.update(datagram("reg ls", 255));
    daemon.update(datagram("reg ls", 257));
    daemon.update(datagram("reg " + "y".repeat(252), 256));
    daemon.update(datagram("reg " + "y".repeat(49), 256));
    daemon.update(ByteBuffer.allocate(0));
    assertThat(locks.calls).isEmpty();
  }

  @Test
  void noMoreThan64LockspacesAreWatched() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < ResetDaemon.LIMIT; i++) {
      names.add("l" + i);
    }
    ResetDaemon daemon = daemon(false, false, names.toArray(new String[0]));
    daemon.register("more");
    assertThat(locks.calls).isEmpty();
    daemon.register("l7");
    assertThat(locks.calls).containsExactly("END_EVENT l7", "REG_EVENT l7");
  }

  /** The C program dies of a signal here. */
  @Test
  void lockspaceThatEndsIsForgottenAndTheOthersStay() {
    ResetDaemon daemon = daemon(false, false, "one", "two");
    locks.listeners.get("one").ended(-1);
    assertThat(log.lines()).contains("unregister 0 get_event error -1 ls one");
    locks.deliver("two", 5, ResetEvents.RESET);
    assertThat(locks.calls).contains("FIRE");
    daemon.register("one");
    assertThat(locks.calls).endsWith("REG_EVENT one");
  }

  @Test
  void endDoesNotWaitForEveryLockspaceOfADaemonThatHangs() {
    ResetDaemon daemon = daemon(false, false, "one", "two", "three");
    locks.answers = false;
    daemon.quit();
    assertThat(locks.calls).containsExactly("END_EVENT one", "RELEASE");
  }
}
