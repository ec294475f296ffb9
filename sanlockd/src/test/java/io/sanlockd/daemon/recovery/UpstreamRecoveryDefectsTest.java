package io.sanlockd.daemon.recovery;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.resource.Resource.State;
import io.sanlockd.daemon.world.FakeHelper;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.VirtualWdmd;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the C program does that must not be copied: the list of recovery.md 15 by its numbers, as
 * far as the whole daemon is concerned. No. 13 and 14 (a client or signals that hold up the main
 * loop) are in the tests of the event loop, no. 7 (bodies taken for headers) and no. 16 (sockets
 * beyond the table) are there, too.
 */
class UpstreamRecoveryDefectsTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int EAGAIN = -11;
  private static final int WD_ERROR = -203;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  /** Storage hangs from a renewal on, until recovery has just begun. */
  private void loseStorage() {
    long before = world.delta(1).timestamp();
    while (world.delta(1).timestamp() == before) {
      world.time().advance(0.5);
    }
    world.disks().file(DISK).hang();
    while (daemon.lockspaces().in(Lockspace.Phase.ACTIVE).get(0).killing()
        == Lockspace.Killing.NO) {
      world.time().advance(0.1);
    }
  }

  @Test
  void no1WithoutAHelperNoLeaseIsGivenToAProcessThatCouldNotBeStopped() {
    VirtualClient own = daemon.registered(7);
    VirtualClient foreign = daemon.registered(8);
    foreign.process().makeForeign();

    assertThat(foreign.acquire(0, VirtualClient.resource(1)).lastResult()).isEqualTo(EAGAIN);
    assertThat(daemon.log().matching("no new lease for pid 8: there is no helper.*EPERM.*"))
        .hasSize(1);
    assertThat(own.acquire(0, VirtualClient.resource(2)).lastResult()).isZero();
    assertThat(foreign.inquire()).isEmpty();

    daemon.helper().start();
    assertThat(foreign.acquire(0, VirtualClient.resource(1)).lastResult()).isZero();
    daemon.helper().die();
    assertThat(foreign.acquire(0, VirtualClient.resource(3)).lastResult()).isEqualTo(EAGAIN);
    assertThat(foreign.releaseAll().lastResult()).isZero();
  }

  @Test
  void no1AHelperThatComesBackDuringRecoveryIsUsedAtOnce() {
    daemon.helper().start();
    VirtualClient foreign = daemon.holder(7, VirtualClient.resource(1));
    foreign.process().makeForeign();
    daemon.helper().die();
    loseStorage();
    world.time().advance(2);
    assertThat(daemon.log().matching("s1 send_helper_kill pid 7 no fd")).hasSizeBetween(2, 4);

    daemon.helper().start();
    world.time().advance(0.3);
    daemon.helper().work();
    assertThat(daemon.helper().done()).containsExactly("7 15");
  }

  @Test
  void no2ALostWatchdogDaemonDoesNotEndUs() {
    VirtualWdmd wdmd = new VirtualWdmd(world.time(), 10, 60);
    VirtualDaemon guarded = world.daemon("b", wdmd).join(2, IO_TIMEOUT);
    wdmd.die();
    world.time().advance(30);
    assertThat(guarded.ended()).isFalse();
    assertThat(guarded.client().add("LS", 2, DISK, 0, IO_TIMEOUT).lastResult()).isEqualTo(WD_ERROR);
  }

  @Test
  void no3ASignalDoesNotTakeBackAForcedShutdown() {
    daemon.holder(7, VirtualClient.resource(1));
    VirtualClient waiting = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 1);
    daemon.terminate();
    world.time().advance(1.5);
    daemon.terminate();
    daemon.processes().process(7).exit();
    daemon.clients().byPid(7).ifPresent(c -> assertThat(c.kills().begun()).isTrue());
    assertThat(daemon.processes().process(7).signals()).contains(Signals.KILL);
    assertThat(waiting.replies()).isZero();
    assertThat(daemon.ended()).isFalse();
    assertThat(daemon.log().matching(".*ignore shutdown.*")).isEmpty();
  }

  @Test
  void no4OnlyWhatWasSentCountsTowardsTheLimit() {
    VirtualClient foreign = daemon.holder(7, VirtualClient.resource(1));
    foreign.process().makeForeign();
    loseStorage();
    world.time().advance(200);
    assertThat(daemon.log().matching("s1 killing pids stuck.*")).isEmpty();

    daemon.helper().start();
    for (int i = 0; i < 99; i++) {
      world.time().advance(1);
      daemon.helper().work();
    }
    assertThat(daemon.helper().done()).hasSizeBetween(97, 100);
    world.time().advance(10);
    daemon.helper().work();
    assertThat(daemon.helper().done()).hasSize(100);
    assertThat(daemon.log().matching("s1 killing pids stuck 1")).hasSize(1);
    // The count that others see goes up with every second, as ever.
    assertThat(daemon.log().matching("s1 kill 7 sig 9 count [23]\\d\\d")).isNotEmpty();
  }

  @Test
  void no4AWaitForTheKillProgramIsNotAnAttempt() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    Killpath killpath = new Killpath("/usr/lib/stop", "");
    holder.send(Command.KILLPATH, 0, 0, MessageHeader.THIS_CONNECTION, killpath::encode);
    loseStorage();
    world.time().advance(VirtualDaemon.GRACE_SECONDS + 50);

    int sent = daemon.clients().byPid(7).orElseThrow().kills().sent();
    assertThat(sent).isEqualTo(1 + holder.process().signals().size());
    assertThat(daemon.killPrograms()).hasSize(1);
  }

  @Test
  void no4TwoHundredProcessesAreSignalledInTwoSecondsThoughThePipeHoldsLess() {
    try (World crowd = new World().format(IO_TIMEOUT)) {
      VirtualDaemon busy = crowd.daemon("a").join(1, IO_TIMEOUT);
      busy.helper().start();
      for (int i = 0; i < 200; i++) {
        VirtualClient holder = busy.registered(100 + i);
        holder.process().makeForeign();
        holder.acquire(0, VirtualClient.resource(1).withFlags(ResourceFlags.SHARED));
        crowd.time().settle();
        assertThat(holder.lastResult()).isZero();
      }
      busy.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
      crowd.time().advance(1);
      busy.helper().work();
      assertThat(busy.helper().done()).hasSize(FakeHelper.PIPE_MESSAGES);
      crowd.time().advance(0.9);
      busy.helper().work();

      assertThat(busy.helper().done().stream().collect(Collectors.toSet())).hasSize(200);
    }
  }

  @Test
  void no5AProcessIsGoneOnlyWhenItHasExited() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    loseStorage();
    holder.disconnect();
    world.time().advance(20);
    assertThat(daemon.lockspaces().in(Lockspace.Phase.ACTIVE)).hasSize(1);
    holder.process().exit();
    world.time().advance(0.5);
    assertThat(daemon.lockspaces().in(Lockspace.Phase.ACTIVE)).isEmpty();
  }

  @Test
  void no6AnotherProcessWithTheSamePidIsNotHit() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    holder.process().exit();
    daemon.processes().reuse(7);
    loseStorage();
    world.time().advance(VirtualDaemon.GRACE_SECONDS + 5);
    assertThat(daemon.processes().process(7).signals()).isEmpty();
  }

  @Test
  void no8BothRestrictionsMeanSigkill() {
    VirtualClient holder = daemon.registered(7);
    holder.send(Command.RESTRICT, CommandFlags.RESTRICT_SIGKILL | CommandFlags.RESTRICT_SIGTERM, 0);
    holder.acquire(0, VirtualClient.resource(1));
    loseStorage();
    world.time().advance(2);
    assertThat(holder.process().signals()).isNotEmpty().containsOnly(Signals.KILL);
  }

  @Test
  void no10TheGraceOfACorruptLeaseEndsGraceSecondsAfterItWasFound() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    Arrays.fill(world.disks().file(DISK).content(), 0, 512, (byte) 0);
    while (holder.process().signals().isEmpty()) {
      world.time().advance(0.1);
    }
    world.time().advance(VirtualDaemon.GRACE_SECONDS + 1);
    assertThat(holder.process().signals()).contains(Signals.TERM, Signals.KILL);
  }

  @Test
  void no12ResourcesOfADeadLockspaceAreDroppedWithoutTouchingTheDisk() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    loseStorage();
    world.disks().file(DISK).writes(Fault.NONE);
    int writes = world.disks().file(DISK).writeCount();
    holder.die();
    world.time().advance(2);
    assertThat(daemon.resources().in(State.REM)).isEmpty();
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
  }

  @Test
  void no18ACorruptLeaseIsNotLoggedTwiceASecond() {
    daemon.holder(7, VirtualClient.resource(1));
    Arrays.fill(world.disks().file(DISK).content(), 0, 512, (byte) 0);
    world.time().advance(100);
    assertThat(daemon.lockspaces().in(Lockspace.Phase.ACTIVE)).hasSize(1);
    assertThat(daemon.log().matching("s1 renewal error -223.*")).hasSizeBetween(2, 5);
    assertThat(daemon.log().matching("s1 delta_renew .*(verify_leader|overwritten).*"))
        .hasSizeBetween(2, 5);
    assertThat(daemon.log().matching("s1 check_our_lease corrupt -223")).hasSize(1);
  }

  @Test
  void aClientOfTwoFailingLockspacesIsSignalledOnceASecond() {
    world.disks().create("/second", 4 << 20);
    world.formatLockspace("/second", 0, "L2", IO_TIMEOUT);
    world.formatResource("/second", 1 << 20, "L2", "x");
    VirtualClient adder = daemon.client().add("L2", 1, "/second", 0, IO_TIMEOUT);
    world.time().advance(6);
    assertThat(adder.lastResult()).isZero();
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    holder.acquire(
        0,
        Resource.on(LeaseName.of("L2"), LeaseName.of("x"), List.of(new Disk("/second", 1 << 20))));
    world.time().settle();
    world.disks().file("/second").hang();
    loseStorage();
    world.time().advance(FAIL_SECONDS);

    List<Integer> signals = holder.process().signals();
    assertThat(signals.size()).isLessThanOrEqualTo(FAIL_SECONDS + 6);
    assertThat(Collections.frequency(signals, Signals.TERM)).isPositive();
  }

  @Test
  void aUsedLockspaceIsNotLeftAndKeepsItsRenewalsUntilItIsUnused() {
    Lockspace lockspace = daemon.lockspaces().in(Lockspace.Phase.ACTIVE).get(0);
    lockspace.externalUsed(true);
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    VirtualClient remover = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(2);
    holder.die();
    world.time().advance(300);

    assertThat(remover.replies()).isZero();
    assertThat(world.time().seconds() - world.delta(1).timestamp()).isLessThan(3 * IO_TIMEOUT);
    assertThat(daemon.log().matching("s1 used external blocking lockspace removal")).hasSize(2);
    assertThat(lockspace.usedRetries()).isGreaterThan(1000);

    lockspace.externalUsed(false);
    world.time().advance(3);
    assertThat(remover.lastResult()).isZero();
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(daemon.log().matching("s1 all pids clear")).hasSize(1);
  }

  @Test
  void orphansBlockARemovalOnlyWhenTheyCountAsUse() {
    Lockspace lockspace = daemon.lockspaces().in(Lockspace.Phase.ACTIVE).get(0);
    lockspace.usedByOrphans(true);
    VirtualClient holder =
        daemon
            .registered(7)
            .acquire(0, VirtualClient.resource(1).withFlags(ResourceFlags.PERSISTENT));
    world.time().settle();
    assertThat(holder.lastResult()).isZero();
    holder.die();
    world.time().settle();
    VirtualClient remover = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(60);

    assertThat(remover.replies()).isZero();
    assertThat(daemon.log().matching("s1 used by orphan 1 blocking lockspace removal")).hasSize(1);
    lockspace.usedByOrphans(false);
    world.time().advance(3);
    assertThat(remover.lastResult()).isZero();
  }
}
