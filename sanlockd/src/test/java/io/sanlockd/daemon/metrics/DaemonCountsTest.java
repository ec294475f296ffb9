package io.sanlockd.daemon.metrics;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.lockspace.RenewalCounts;
import io.sanlockd.daemon.metrics.StopCounts.Means;
import io.sanlockd.daemon.resource.Resource;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.RequestForce;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What whole daemons count when things happen to them. */
class DaemonCountsTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int ACQUIRE_IDLIVE = -243;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private Lockspace lockspace() {
    return daemon.lockspaces().in(Lockspace.Phase.ACTIVE).get(0);
  }

  private static VirtualClient withKillpath(VirtualClient process) {
    return process.send(
        Command.KILLPATH,
        0,
        0,
        MessageHeader.THIS_CONNECTION,
        new Killpath("/bin/stop", "it")::encode);
  }

  @Test
  void aGrantTakesOneBallotAndARefusalOfALiveOwnersLeaseNone() {
    daemon.holder(7, VirtualClient.resource(1));
    assertThat(daemon.answers().count(Command.ACQUIRE, 0)).isEqualTo(1);
    assertThat(daemon.resources().counts().ballots()).isEqualTo(1);
    assertThat(daemon.resources().count(Resource.State.HELD)).isEqualTo(1);

    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    // The other host must have seen a renewal before it can tell that the owner lives.
    world.time().advance(3 * IO_TIMEOUT);
    VirtualClient refused = other.registered(8).acquire(0, VirtualClient.resource(1));
    world.time().advance(1);

    assertThat(refused.lastResult()).isEqualTo(ACQUIRE_IDLIVE);
    assertThat(other.answers().count(Command.ACQUIRE, ACQUIRE_IDLIVE)).isEqualTo(1);
    assertThat(other.answers().count(Command.ACQUIRE, 0)).isZero();
    assertThat(other.resources().counts().ballots()).isZero();
    assertThat(other.resources().count(Resource.State.HELD)).isZero();
  }

  @Test
  void anUpgradeIsDecidedByABallotToo() {
    VirtualClient holder = daemon.holder(7, VirtualClient.shared(1));
    long before = daemon.resources().counts().ballots();
    holder.convert(0, VirtualClient.resource(1));
    world.time().advance(1);
    assertThat(holder.lastResult()).isZero();
    assertThat(daemon.resources().counts().ballots()).isEqualTo(before + 1);
  }

  @Test
  void renewalsAreCountedByTheirEnd() {
    RenewalCounts renewals = lockspace().renewals();
    long successes = renewals.successes();
    world.time().advance(20);
    assertThat(renewals.successes()).isGreaterThan(successes + 3);
    assertThat(renewals.reads().count()).isEqualTo(renewals.successes());
    assertThat(renewals.writes().count()).isEqualTo(renewals.successes());
    assertThat(renewals.timeouts() + renewals.errors()).isZero();

    world.disks().file(DISK).writes(Fault.FAIL);
    world.time().advance(2 * IO_TIMEOUT + 1);
    assertThat(renewals.errors()).isPositive();
    assertThat(renewals.reads().count()).isGreaterThan(renewals.writes().count());
    assertThat(renewals.timeouts()).isZero();

    world.disks().file(DISK).writes(Fault.NONE);
    world.disks().file(DISK).hang();
    world.time().advance(3 * IO_TIMEOUT);
    assertThat(renewals.timeouts()).isPositive();
  }

  @Test
  void aSlowDiskShowsInTheLatencyOfRenewals() {
    RenewalCounts renewals = lockspace().renewals();
    assertThat(renewals.reads().longestNanos()).isLessThan(1_000_000);
    world.disks().file(DISK).reads(Fault.HANG);
    // Until some read has hung for a second.
    long successes = renewals.successes();
    world.time().advance(2 * IO_TIMEOUT + 1);
    world.disks().file(DISK).heal();
    world.time().advance(0.5);
    assertThat(renewals.successes()).isEqualTo(successes + 1);
    assertThat(renewals.reads().longestNanos()).isGreaterThan(500_000_000);
  }

  @Test
  void aPauseShowsAsDelayOfSupervisionAndOfTheRenewalThread() {
    world.time().advance(5);
    assertThat(daemon.supervisor().delays().longestNanos()).isLessThan(1_000_000);
    assertThat(lockspace().renewals().delays().longestNanos()).isLessThan(1_000_000);
    world.time().pause(3.5);
    world.time().advance(1);
    assertThat(daemon.supervisor().delays().longestNanos()).isGreaterThan(2_000_000_000L);
    assertThat(lockspace().renewals().delays().longestNanos()).isGreaterThan(2_000_000_000L);
  }

  @Test
  void everyMeansOfStoppingAProcessIsCounted() {
    VirtualClient plain = daemon.holder(7, VirtualClient.resource(1));
    VirtualClient gentle = daemon.holder(8, VirtualClient.resource(2));
    withKillpath(gentle);
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS + 1 + VirtualDaemon.GRACE_SECONDS);

    StopCounts stops = daemon.supervisor().stops();
    assertThat(stops.count(Means.KILLPATH, true)).isEqualTo(daemon.killPrograms().size());
    int signals = plain.process().signals().size() + gentle.process().signals().size();
    assertThat(stops.count(Means.SIGTERM, true)).isPositive();
    assertThat(stops.count(Means.SIGKILL, true)).isPositive();
    assertThat(stops.count(Means.SIGTERM, true) + stops.count(Means.SIGKILL, true))
        .isEqualTo(signals);
  }

  @Test
  void aHolderStoppedForAnotherHostIsCountedApart() {
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    daemon.holder(7, VirtualClient.resource(1));
    other
        .client()
        .request(CommandFlags.REQUEST_NEXT_LVER, RequestForce.FORCE, VirtualClient.resource(1));
    world.time().advance(6 * IO_TIMEOUT);
    assertThat(daemon.requests().stops().count(Means.SIGKILL, true)).isEqualTo(1);
    assertThat(daemon.supervisor().stops().count(Means.SIGKILL, true)).isZero();
  }
}
