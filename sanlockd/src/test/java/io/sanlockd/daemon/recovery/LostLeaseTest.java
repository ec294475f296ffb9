package io.sanlockd.daemon.recovery;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.world.FakeProcesses.FakeProcess;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.lease.format.FormatFlags;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens when our delta lease is lost (recovery.md 3 to 5, 7). */
class LostLeaseTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int EBUSY = -16;
  private static final int ENOSPC = -28;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  /** Lets the storage hang right after a renewal, and time pass until just before the failure. */
  private void hangStorage() {
    long before = world.delta(1).timestamp();
    while (world.delta(1).timestamp() == before) {
      world.time().advance(0.5);
    }
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS - 2);
  }

  private boolean gone() {
    return daemon.lockspaces().in(Lockspace.Phase.ACTIVE).isEmpty();
  }

  /** debug_renew 2. */
  @Test
  void everyLookAtAGoodLeaseIsLoggedWhenThatIsAskedFor() {
    world.time().advance(2);
    assertThat(daemon.log().lines()).noneMatch(line -> line.contains("check_our_lease good"));
    daemon.log().want(LogDetail.LEASE_CHECK);
    world.time().advance(2);
    assertThat(daemon.log().matching("s1 check_our_lease good \\d+ \\d+")).isNotEmpty();
  }

  @Test
  void aProcessGetsTermAfterEightIoTimeoutsThenKillWhenTheGraceIsOver() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    hangStorage();
    assertThat(holder.process().signals()).isEmpty();

    world.time().advance(4);
    List<Integer> early = List.copyOf(holder.process().signals());
    assertThat(early).isNotEmpty().containsOnly(Signals.TERM);

    world.time().advance(VirtualDaemon.GRACE_SECONDS);
    List<Integer> all = holder.process().signals();
    assertThat(all.get(all.size() - 1)).isEqualTo(Signals.KILL);
    // About one a second, never more.
    assertThat(all.size()).isBetween(5, 10);
    assertThat(Collections.frequency(all, Signals.TERM)).isBetween(3, 6);
    assertThat(gone()).isFalse();

    holder.die();
    world.time().advance(1);
    assertThat(gone()).isTrue();
    assertThat(daemon.log().lines())
        .contains("s1 set killing_pids check -1 remove 0", "s1 all pids clear")
        .anyMatch(line -> line.matches("s1 check_our_lease warning 1[2-5] last_success \\d+"))
        .anyMatch(line -> line.matches("s1 check_our_lease failed 1[67]"))
        .anyMatch(line -> line.matches("s1 kill 7 sig 15 count 1"));
  }

  @Test
  void nothingIsWrittenForALostLockspaceAndItsHostIdIsNotFreed() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(4);
    int writes = world.disks().file(DISK).writeCount();
    world.disks().file(DISK).reads(Fault.FAIL);
    world.disks().file(DISK).writes(Fault.NONE);

    holder.die();
    world.time().advance(3);

    assertThat(gone()).isTrue();
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    world.disks().file(DISK).reads(Fault.NONE);
    assertThat(world.delta(1).isFree()).isFalse();
    assertThat(world.leader(1).isFree()).isFalse();
  }

  @Test
  void recoveryOnceBegunIsNotCancelledByAGoodRenewal() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(4);
    int signals = holder.process().signals().size();

    world.disks().file(DISK).heal();
    world.time().advance(5);

    assertThat(holder.process().signals().size()).isGreaterThan(signals);
    assertThat(daemon.registered(8).acquire(0, VirtualClient.resource(2)).lastResult())
        .isEqualTo(ENOSPC);
  }

  @Test
  void whenRenewalsWorkAgainTheHostIdIsFreedAfterTheLastProcess() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(4);
    world.disks().file(DISK).heal();
    world.time().advance(5);

    holder.die();
    world.time().advance(2);

    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(world.leader(1).isFree()).isFalse();
  }

  @Test
  void anUnusedLockspaceIsLeftAtOnce() {
    hangStorage();
    world.time().advance(3);

    assertThat(gone()).isTrue();
  }

  @Test
  void aProcessWithoutALeaseInTheLockspaceIsLeftAlone() {
    VirtualClient bystander = daemon.registered(8);
    VirtualClient released =
        daemon.holder(9, VirtualClient.resource(2)).release(0, VirtualClient.resource(2));
    hangStorage();
    world.time().advance(6);

    assertThat(bystander.process().signals()).isEmpty();
    assertThat(released.process().signals()).isEmpty();
  }

  @Test
  void aCorruptLeaseStartsRecoveryAtOnceAndItsGraceCountsFromThen() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    Arrays.fill(world.disks().file(DISK).content(), 0, 512, (byte) 0);

    while (holder.process().signals().isEmpty()) {
      world.time().advance(0.5);
    }
    world.time().advance(VirtualDaemon.GRACE_SECONDS - 1);
    assertThat(holder.process().signals()).containsOnly(Signals.TERM);
    world.time().advance(2);

    // Without that the grace would last until 8 io_timeouts after the last renewal.
    assertThat(holder.process().signals()).contains(Signals.KILL);
    assertThat(daemon.log().lines()).contains("s1 check_our_lease corrupt -223");
  }

  @Test
  void aHostIdTakenByAnotherHostIsCorrupt() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    byte[] sector = world.disks().file(DISK).content();
    world.disks().create("/scratch", World.MIB);
    world.formatLockspace("/scratch", 0, "LS", IO_TIMEOUT);
    System.arraycopy(world.disks().file("/scratch").content(), 0, sector, 0, 512);

    world.time().advance(2 * IO_TIMEOUT + 2);

    assertThat(holder.process().signals()).isNotEmpty();
    assertThat(daemon.log().lines()).contains("s1 check_our_lease corrupt -260");
  }

  /** v5.md 5.2. */
  @Test
  void aHostDeclaredDeadByAnotherIsCorrupt() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    world.reformatDelta(1, 0x50000, FormatFlags.DEAD_EXT);

    world.time().advance(2 * IO_TIMEOUT + 2);

    assertThat(holder.process().signals()).isNotEmpty();
    assertThat(daemon.log().lines()).contains("s1 check_our_lease corrupt -263");
  }

  @Test
  void aRestrictedProcessGetsOnlyTerm() {
    VirtualClient holder = daemon.registered(7);
    holder.send(Command.RESTRICT, CommandFlags.RESTRICT_SIGKILL, 0);
    holder.acquire(0, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(3 + 2 * VirtualDaemon.GRACE_SECONDS);

    assertThat(holder.process().signals()).hasSizeGreaterThan(5).containsOnly(Signals.TERM);
  }

  @Test
  void aProcessRestrictedFromTermIsKilledAtOnce() {
    VirtualClient holder = daemon.registered(7);
    holder.send(Command.RESTRICT, CommandFlags.RESTRICT_SIGTERM, 0);
    holder.acquire(0, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(3);

    assertThat(holder.process().signals()).isNotEmpty().containsOnly(Signals.KILL);
  }

  @Test
  void aProcessThatClosesItsSocketButLivesCountsAsAliveUntilItExits() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    FakeProcess process = holder.process();
    hangStorage();
    world.time().advance(3);

    holder.disconnect();
    world.time().advance(10);
    assertThat(gone()).isFalse();
    assertThat(process.signals()).contains(Signals.KILL);
    assertThat(daemon.processes().held()).isEqualTo(1);

    process.exit();
    world.time().advance(1);
    assertThat(gone()).isTrue();
    assertThat(daemon.processes().held()).isZero();
    assertThat(daemon.clients().departed()).isEmpty();
  }

  @Test
  void aProcessWhoseSocketIsStillOpenCountsAsAliveThoughItHasExited() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(3);

    holder.process().exit();
    world.time().advance(5);
    assertThat(gone()).isFalse();

    holder.disconnect();
    world.time().advance(1);
    assertThat(gone()).isTrue();
  }

  @Test
  void aProcessThatClosesItsSocketDuringARequestForItCountsAsAliveUntilItExits() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    FakeProcess process = holder.process();
    hangStorage();
    // An acquire for it that hangs at its disk, sent by somebody else.
    VirtualClient other = daemon.client().acquireFor(7, 0, VirtualClient.resource(2));
    holder.disconnect();
    world.time().advance(3);

    assertThat(other.replies()).isEqualTo(1);
    assertThat(process.signals()).isNotEmpty();
    assertThat(gone()).isFalse();
    process.exit();
    world.time().advance(1);
    assertThat(gone()).isTrue();
    assertThat(daemon.processes().held()).isZero();
  }

  @Test
  void leasesInAHealthyLockspaceAreReleasedWhenTheProcessHasExited() {
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
    assertThat(holder.lastResult()).isZero();
    hangStorage();
    world.time().advance(3);

    holder.disconnect();
    world.time().advance(3);
    assertThat(daemon.resources().uses(LeaseName.of("L2"))).isTrue();
    holder.process().exit();
    world.time().advance(3);

    assertThat(daemon.resources().uses(LeaseName.of("L2"))).isFalse();
    assertThat(world.disks().file("/second").writeCount()).isPositive();
    assertThat(daemon.lockspaces().in(Lockspace.Phase.ACTIVE)).hasSize(1);
  }

  @Test
  void nothingNewIsAcquiredForAProcessThatIsBeingKilled() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(3);

    VirtualClient other = daemon.client().acquireFor(7, 0, VirtualClient.resource(2));

    assertThat(other.lastResult()).isEqualTo(EBUSY);
    assertThat(holder.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
  }

  @Test
  void killingIsGivenUpAfterAHundredAttemptsButTheProcessIsStillWaitedFor() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    hangStorage();
    world.time().advance(130);

    assertThat(holder.process().signals()).hasSize(100);
    assertThat(daemon.log().lines()).contains("s1 killing pids stuck 1");
    assertThat(gone()).isFalse();

    holder.die();
    world.time().advance(1);
    assertThat(gone()).isTrue();
  }

  @Test
  void aLockspaceWhoseStorageIsGoneBlocksItsNameUntilItsWritesSettle() {
    world.disks().file(DISK).writes(Fault.HANG);
    world.time().advance(FAIL_SECONDS + 70);
    assertThat(gone()).isTrue();

    VirtualClient again = daemon.client().add("LS", 1, DISK, 0, IO_TIMEOUT);

    assertThat(again.lastResult()).isEqualTo(-11);
    world.disks().file(DISK).heal();
    world.time().advance(30);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }
}
