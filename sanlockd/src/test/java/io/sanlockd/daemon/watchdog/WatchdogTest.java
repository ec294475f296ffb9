package io.sanlockd.daemon.watchdog;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.VirtualWdmd;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.Clock;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lockspace, its watchdog and the machine that depends on both (wdmd.md 9, 11). */
class WatchdogTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int TEST_INTERVAL = 10;
  private static final int FIRE_TIMEOUT = 60;
  private static final int EINVAL = -22;
  private static final int WD_ERROR = -203;
  private static final int JOIN_SECONDS = 4 * IO_TIMEOUT + 2;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualWdmd wdmd = new VirtualWdmd(world.time(), TEST_INTERVAL, FIRE_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a", wdmd);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private VirtualClient add() {
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, IO_TIMEOUT);
    world.time().advance(JOIN_SECONDS);
    return client;
  }

  private VirtualClient holder(int pid) {
    VirtualClient client = daemon.registered(pid).acquire(0, VirtualClient.resource(1));
    world.time().settle();
    assertThat(client.lastResult()).isZero();
    return client;
  }

  private Lockspace lockspace() {
    return daemon.lockspaces().in(Lockspace.Phase.ACTIVE).get(0);
  }

  private void remove() {
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
  }

  private String lastMessage() {
    return wdmd.messages().get(wdmd.messages().size() - 1);
  }

  /** Until just after a renewal. */
  private void renew() {
    long before = world.delta(1).timestamp();
    while (world.delta(1).timestamp() == before) {
      world.time().advance(0.5);
    }
  }

  @Test
  void itIsArmedWhenTheLeaseWasWrittenAndBeforeAnybodyMayUseTheLockspace() {
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, IO_TIMEOUT);
    assertThat(wdmd.messages()).containsExactly("open 60");
    assertThat(world.delta(1).isFree()).isFalse();
    world.time().advance(2 * IO_TIMEOUT - 0.5);
    assertThat(wdmd.messages()).hasSize(1);

    while (client.replies() == 0) {
      assertThat(daemon.lockspaces().in(Lockspace.Phase.ACTIVE)).isEmpty();
      world.time().advance(0.1);
    }

    assertThat(client.lastResult()).isZero();
    long renewed = world.delta(1).timestamp();
    assertThat(wdmd.messages())
        .containsExactly(
            "open 60",
            "register sanlock_LS:1",
            "refcount",
            "status",
            "live " + renewed + " " + (renewed + FAIL_SECONDS),
            "status");
  }

  @Test
  void eachRenewalMovesTheExpiryOnAndTheMachineLives() {
    add();
    for (int i = 0; i < 50; i++) {
      renew();
      long renewed = world.delta(1).timestamp();
      assertThat(lastMessage()).isEqualTo("live " + renewed + " " + (renewed + FAIL_SECONDS));
    }
    assertThat(wdmd.resetSeconds()).isZero();
  }

  @Test
  void theExpiryCountsFromBeforeTheWriteHoweverLongItTakes() {
    add();
    renew();
    world.disks().file(DISK).writes(Fault.HANG);
    world.time().advance(2 * IO_TIMEOUT + 5);
    int before = wdmd.messages().size();
    long healed = world.time().seconds();
    world.disks().file(DISK).heal();
    world.time().advance(0.5);

    String[] promise = wdmd.messages().get(before).split(" ", -1);
    assertThat(Long.parseLong(promise[1])).isBetween(healed - 6, healed - 4);
    assertThat(Long.parseLong(promise[2])).isEqualTo(Long.parseLong(promise[1]) + FAIL_SECONDS);
  }

  @Test
  void aProcessWithAnOpenConnectionKeepsItArmedThoughItHasExited() {
    add();
    holder(7);
    remove();
    world.time().advance(0.5);
    daemon.processes().process(7).exit();
    assertThat(wdmd.idle()).isFalse();
    world.time().advance(1);
    assertThat(wdmd.messages()).noneMatch(m -> m.startsWith("off"));
  }

  @Test
  void anIdleLockspaceIsLeftAndNothingOfItRemains() {
    add();
    remove();
    world.time().advance(3);

    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(lastMessage()).isEqualTo("off sanlock_LS:1");
    assertThat(wdmd.idle()).isTrue();
    assertThat(wdmd.connections()).isZero();
    world.time().advance(3 * FIRE_TIMEOUT);
    assertThat(wdmd.resetSeconds()).isZero();
  }

  @Test
  void aProcessThatDoesNotEndHasTheMachineResetBeforeOthersMayTakeOver() {
    add();
    VirtualClient holder = holder(7);
    renew();
    long last = world.delta(1).timestamp();
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS + FIRE_TIMEOUT + 5);

    assertThat(holder.process().signals()).contains(Signals.KILL);
    assertThat(wdmd.messages()).noneMatch(m -> m.startsWith("off"));
    assertThat(wdmd.resetSeconds())
        .isBetween(
            last + FAIL_SECONDS + FIRE_TIMEOUT - TEST_INTERVAL - 1,
            last + FAIL_SECONDS + FIRE_TIMEOUT - 1);
  }

  @Test
  void aProcessThatEndsAtTheLastMomentAvertsTheReset() {
    add();
    VirtualClient holder = holder(7);
    renew();
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS + FIRE_TIMEOUT - TEST_INTERVAL - 4);
    assertThat(wdmd.resetSeconds()).isZero();

    holder.die();
    world.time().advance(1);

    assertThat(lastMessage()).isEqualTo("off sanlock_LS:1");
    world.time().advance(3 * FIRE_TIMEOUT);
    assertThat(wdmd.resetSeconds()).isZero();
    world.disks().file(DISK).heal();
    assertThat(world.delta(1).isFree()).isFalse();
  }

  @Test
  void aRenewalThatEndsWhileItIsDisarmedDoesNotArmItAgain() {
    add();
    int before = wdmd.messages().size();
    Lockspace lockspace = lockspace();
    // The renewal has decided to move the expiry on; then the main loop is faster.
    wdmd.atNextPromise(() -> assertThat(lockspace.watchdog().deactivate()).isTrue());
    world.time().advance(4 * 2 * IO_TIMEOUT);

    assertThat(wdmd.messages().subList(before, wdmd.messages().size()))
        .containsExactly("off sanlock_LS:1");
    assertThat(wdmd.idle()).isTrue();
    assertThat(lockspace.watchdog().lost()).isFalse();
  }

  @Test
  void withoutAWatchdogDaemonNothingIsWritten() {
    wdmd.fault(VirtualWdmd.Fault.NOT_RUNNING);
    int writes = world.disks().file(DISK).writeCount();
    assertThat(add().lastResult()).isEqualTo(WD_ERROR);
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }

  @Test
  void aWatchdogDaemonThatHangsIsGivenUpAfterItsTimeLimit() {
    wdmd.fault(VirtualWdmd.Fault.HANGS);
    assertThat(add().lastResult()).isEqualTo(WD_ERROR);
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(wdmd.connections()).isZero();
  }

  @Test
  void aWatchdogDaemonThatNeverOpensItsDeviceProtectsNobody() {
    wdmd.fault(VirtualWdmd.Fault.NEVER_OPENS);
    assertThat(add().lastResult()).isEqualTo(WD_ERROR);
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(1);
    assertThat(lastMessage()).isEqualTo("off sanlock_LS:1");
    assertThat(wdmd.connections()).isZero();
    assertThat(daemon.log().lines()).anyMatch(l -> l.contains("wdmd has never petted"));
  }

  @Test
  void anotherFireTimeoutIsRefused() {
    VirtualWdmd other = new VirtualWdmd(world.time(), 5, 30);
    VirtualClient client = world.daemon("b", other).client().add("LS", 2, DISK, 0, IO_TIMEOUT);
    world.time().advance(JOIN_SECONDS);
    assertThat(client.lastResult()).isEqualTo(WD_ERROR);
    assertThat(world.delta(2).ownerGeneration()).isZero();
  }

  @Test
  void anIoTimeoutThatWouldResetAHealthyHostIsRefusedWithItsNumbers() {
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, 1);
    world.time().advance(JOIN_SECONDS);

    assertThat(client.lastResult()).isEqualTo(EINVAL);
    assertThat(daemon.log().lines())
        .anyMatch(
            l ->
                l.contains("io_timeout 1 is too small")
                    && l.contains("10 s (its test interval)")
                    && l.contains("a lease of 8 s")
                    && l.contains("up to 3.5 s apart")
                    && l.contains("use io_timeout 2 or more"));
    assertThat(world.delta(1).ownerGeneration()).isZero();
  }

  @Test
  void whenTheWatchdogDaemonDiesProcessesAreToldToStopAtOnce() {
    add();
    VirtualClient holder = holder(7);
    wdmd.die();
    world.time().advance(1.5);

    assertThat(holder.process().signals()).isNotEmpty().containsOnly(Signals.TERM);
    assertThat(daemon.log().lines())
        .anyMatch(l -> l.startsWith("s1 check_our_lease watchdog lost"));
    world.time().advance(VirtualDaemon.GRACE_SECONDS);
    assertThat(holder.process().signals()).contains(Signals.KILL);

    holder.die();
    world.time().advance(3);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void aWatchdogDaemonThatHangsDoesNotHoldUpTheMainLoopAndIsDisarmedWhenItRunsAgain() {
    add();
    wdmd.fault(VirtualWdmd.Fault.HANGS);
    remove();
    world.time().advance(20);
    assertThat(daemon.lockspaces().in(Lockspace.Phase.REMOVING)).hasSize(1);
    assertThat(wdmd.connections()).isOne();
    assertThat(world.delta(1).isFree()).isTrue();

    wdmd.fault(VirtualWdmd.Fault.NONE);
    world.time().advance(1.5);

    assertThat(lastMessage()).isEqualTo("off sanlock_LS:1");
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    world.time().advance(3 * FIRE_TIMEOUT);
    assertThat(wdmd.resetSeconds()).isZero();
  }

  @Test
  void aMissedUpdateIsMadeUpForByTheNextRenewal() {
    add();
    wdmd.fault(VirtualWdmd.Fault.HANGS);
    world.time().advance(5);
    wdmd.fault(VirtualWdmd.Fault.NONE);
    world.time().advance(60);

    assertThat(wdmd.resetSeconds()).isZero();
    assertThat(daemon.log().lines()).anyMatch(l -> l.matches("s1 wdmd_test_live \\d+ failed -11"));
    assertThat(lockspace().killing()).isEqualTo(Lockspace.Killing.NO);
  }

  @Test
  void anAddThatIsUndoneLeavesNothingArmed() {
    daemon.client().add("LS", 1, DISK, 0, IO_TIMEOUT);
    world.time().advance(1);
    remove();
    world.time().advance(JOIN_SECONDS);

    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(wdmd.idle()).isTrue();
    assertThat(wdmd.connections()).isZero();
  }

  @Test
  void aLockspaceInUseByOthersStaysArmed() {
    add();
    lockspace().externalUsed(true);
    remove();
    world.time().advance(60);

    assertThat(wdmd.idle()).isFalse();
    assertThat(wdmd.resetSeconds()).isZero();
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS + FIRE_TIMEOUT + 1);
    assertThat(wdmd.resetSeconds()).isPositive();
  }

  @Test
  void theFirstExpiryIsFreshEvenIfTheLeaseWasWrittenLongAgo() {
    // The short delay follows the io_timeout of whoever formatted the area: here more than 8 of
    // ours pass between the write that took the lease and the end of the join.
    world.formatLockspace(DISK, 0, "LS", 10);
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, IO_TIMEOUT);
    world.time().advance(22);

    assertThat(client.lastResult()).isZero();
    List<String> promises = wdmd.messages().stream().filter(m -> m.startsWith("live")).toList();
    assertThat(promises.get(0)).isEqualTo("live 1020 1036");
    world.time().advance(3 * FIRE_TIMEOUT);
    assertThat(wdmd.resetSeconds()).isZero();
  }

  private VirtualClient holderWithValue() {
    VirtualClient client =
        daemon.registered(7).acquire(CommandFlags.ACQUIRE_LVB, VirtualClient.resource(1));
    world.time().settle();
    assertThat(client.setValue(VirtualClient.resource(1), new byte[] {1})).isZero();
    return client;
  }

  /** A value in flight could replace that of the next owner: as bad as a process that lives on. */
  @Test
  void itStaysArmedWhileAValueBlockMayStillBeWrittenForALostLockspace() {
    add();
    VirtualClient client = holderWithValue();
    world.disks().file(DISK).hang();
    client.die();
    world.time().advance(2 * FAIL_SECONDS);
    assertThat(lockspace().renewalFailed()).isTrue();
    assertThat(wdmd.idle()).isFalse();

    world.disks().file(DISK).heal();
    world.time().advance(3);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(wdmd.idle()).isTrue();
    assertThat(wdmd.resetSeconds()).isZero();
  }

  @Test
  void aValueBlockThatNeverLandsResetsTheMachine() {
    add();
    VirtualClient client = holderWithValue();
    world.disks().file(DISK).hang();
    client.die();
    world.time().advance(FAIL_SECONDS + FIRE_TIMEOUT + 1);
    assertThat(wdmd.resetSeconds()).isPositive();
  }

  @Test
  void soDoesAThreadThatIsPausedRightBeforeItWritesOne() {
    add();
    VirtualClient client = holderWithValue();
    world
        .disks()
        .file(DISK)
        .atTransfer(
            0,
            () -> {
              world.disks().file(DISK).hang();
              world.time().sleep(10 * FIRE_TIMEOUT * Clock.SECOND_NANOS);
            });
    client.die();
    world.time().advance(FAIL_SECONDS + FIRE_TIMEOUT + 1);
    assertThat(wdmd.resetSeconds()).isPositive();
  }

  @Test
  void aValueBlockWhoseWriteHasNotBegunIsCalledOffAndCostsNoReset() {
    add();
    VirtualClient client = holderWithValue();
    daemon.workers().stall();
    client.die();
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS + FIRE_TIMEOUT + 1);
    assertThat(wdmd.idle()).isTrue();
    assertThat(wdmd.resetSeconds()).isZero();

    world.disks().file(DISK).heal();
    int written = world.disks().file(DISK).writeCount();
    daemon.workers().resume();
    world.time().advance(3);
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(written);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }
}
