package io.sanlockd.lease.paxos;

import static io.sanlockd.lease.fixture.TestHost.converted;
import static io.sanlockd.lease.fixture.TestHost.unconverted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.fixture.Io;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConvertTest {
  private final World world = new World();
  private final TestHost a = world.joined(1);
  private final TestHost b = world.joined(2);

  @Test
  void aLoneSharerBecomesExclusive() {
    AcquireOutcome.Granted held = converted(a.upgrades(a.shares()));
    assertThat(world.leader().ownedBy(1, a.generation())).isTrue();
    assertThat(world.leader().isFree()).isFalse();
    assertThat(world.block(1).mode().isShared()).isFalse();
    assertThat(world.block(1).dblock()).isEqualTo(held.dblock());
    b.isRefused(TestHost.SHARED, ResultCode.ACQUIRE_IDLIVE.number());
    assertThat(a.releases(held).result()).isEqualTo(1);
    b.takes();
  }

  @Test
  void anOwnerBecomesSharer() {
    AcquireOutcome.Granted held = converted(a.downgrades(a.takes()));
    assertThat(world.leader().isFree()).isTrue();
    assertThat(world.block(1).mode().isShared()).isTrue();
    assertThat(world.block(1).dblock().released()).isTrue();
    assertThat(world.block(1).dblock()).isEqualTo(held.dblock());
    b.shares();
    assertThat(a.unshares(held).result()).isEqualTo(1);
  }

  @Test
  void everyBlockOfAnUpgradeKeepsTheSharedFlag() {
    AcquireOutcome.Granted held = a.shares();
    b.shares();
    a.disk()
        .at(World::blockWrite)
        .always()
        .after(() -> assertThat(world.block(1).mode().isShared()).isTrue());
    unconverted(a.upgrades(held));
  }

  /** disk-format.md 14: all of the sector is written, and what has no meaning is zero. */
  @Test
  void upstreamDefectStrayBytesInTheBlockOfAConversion() {
    AcquireOutcome.Granted held = a.shares();
    long sector = World.RESOURCE_OFFSET + 2 * 512;
    for (int at = 56; at < 512; at++) {
      if (at < 128 || at >= 144) {
        world.disks.get(0).damage(sector + at);
      }
    }
    converted(a.upgrades(held));
    byte[] block = world.disks.get(0).bytes(sector, 512);
    assertThat(Arrays.copyOfRange(block, 56, 128)).containsOnly(0);
    assertThat(Arrays.copyOfRange(block, 144, 512)).containsOnly(0);
  }

  @Test
  void aRefusedUpgradeLeavesReleasedAndSharedSoThatALateCommitBlocksNobody() {
    AcquireOutcome.Granted held = a.shares();
    AcquireOutcome.Granted other = b.shares();
    ConvertOutcome.Refused refused = unconverted(a.upgrades(held));
    assertThat(refused.result()).isEqualTo(ResultCode.EAGAIN.number());
    assertThat(refused.shared()).isTrue();
    assertThat(refused.undo()).isEmpty();
    HostBlock block = world.block(1);
    assertThat(block.mode().isShared()).isTrue();
    assertThat(block.dblock().released()).isTrue();
    assertThat(block.dblock()).isEqualTo(refused.dblock());
    assertThat(world.leader().isFree()).isTrue();
    // Another host's late commit puts our claim back into the leader.
    world.leader(world.leader().committed(refused.dblock(), 8, world.leader().flags(), 3, 1, 200));
    assertThat(b.unshares(other).result()).isEqualTo(1);
    TestHost c = world.joined(3);
    c.shares();
  }

  /** paxos-lease.md 26 9. */
  @Test
  void upstreamDefectRemembersTheOldBlockAfterAFailedConversion() {
    AcquireOutcome.Granted held = a.shares();
    b.shares();
    ConvertOutcome.Refused refused = unconverted(a.upgrades(held));
    assertThat(refused.dblock().lver()).isEqualTo(held.dblock().lver() + 2);
    a.newRelease().shared(refused.dblock());
    assertThat(world.block(1).dblock().lver()).isEqualTo(refused.dblock().lver());
  }

  @Test
  void anUpgradeWhoseLeaderCanNotBeFreedIsUndoneByTheFinalRelease() {
    AcquireOutcome.Granted held = a.shares();
    b.shares();
    a.disk().at(World::leaderWrite).skip(1).fails(-5);
    ConvertOutcome.Refused refused = unconverted(a.upgrades(held));
    assertThat(refused.shared()).isTrue();
    assertThat(world.leader().isFree()).isFalse();
    Holding surplus = refused.undo().orElseThrow();
    assertThat(a.newRelease().exclusive(surplus, ReleaseOptions.PLAIN).result()).isEqualTo(1);
    assertThat(world.leader().isFree()).isTrue();
    assertThat(world.block(1).mode().isShared()).isFalse();
  }

  @Test
  void anUndoIsRepeatedAfterTimeouts() {
    AcquireOutcome.Granted held = a.shares();
    b.shares();
    a.disk().at(World::leaderWrite).skip(1).times(2).timesOutLandingAfter(12_000_000_000L);
    ConvertOutcome.Refused refused = unconverted(a.upgrades(held));
    assertThat(refused.undo()).isEmpty();
    assertThat(world.leader().isFree()).isTrue();
  }

  @Test
  void aDowngradeThatCanNotSetItsFlagLeavesTheLeaseExclusive() {
    AcquireOutcome.Granted held = a.takes();
    a.disk().at(World::blockWrite).timesOut();
    ConvertOutcome.Refused refused = unconverted(a.downgrades(held));
    assertThat(refused.shared()).isFalse();
    assertThat(refused.result()).isEqualTo(ResultCode.AIO_TIMEOUT.number());
    // Another host re-commits us, then our write lands: nothing in it says that we gave up.
    world.leader(world.leader().committed(held.dblock(), 8, world.leader().flags(), 3, 1, 200));
    a.disk().landLate();
    b.isRefused(TestHost.SHARED, ResultCode.ACQUIRE_IDLIVE.number());
    b.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.ACQUIRE_IDLIVE.number());
  }

  @Test
  void aDowngradeWaitsForLateWrites() {
    AcquireOutcome.Granted held = a.takes();
    a.disk().at(World::blockWrite).timesOut();
    unconverted(a.downgrades(held));
    assertThat(unconverted(a.downgrades(held)).result()).isEqualTo(ResultCode.EAGAIN.number());
    a.disk().landLate();
    converted(a.downgrades(held));
  }

  @Test
  void aDowngradeThatCanNotFreeTheLeaderIsSharedAndSaysSo() {
    AcquireOutcome.Granted held = a.takes();
    a.disk().at(World::leaderWrite).fails(-5);
    ConvertOutcome.Refused refused = unconverted(a.downgrades(held));
    assertThat(refused.shared()).isTrue();
    assertThat(refused.result()).isEqualTo(-5);
    assertThat(world.leader().isFree()).isFalse();
    Holding surplus = refused.undo().orElseThrow();
    assertThat(a.newRelease().exclusive(surplus, ReleaseOptions.PLAIN).result()).isEqualTo(1);
    b.takes();
  }

  @Test
  void aDowngradeRepeatsTimedOutWritesUntilTheLeaderIsFree() {
    AcquireOutcome.Granted held = a.takes();
    a.disk().at(World::leaderWrite).times(3).timesOutLandingAfter(10_500_000_000L);
    converted(a.downgrades(held));
    assertThat(world.leader().isFree()).isTrue();
    assertThat(a.disk().lateCount()).isZero();
  }

  @Test
  void aSharedWriteThatIsLateIsClearedByTheReleaseThatFollows() {
    AcquireOutcome.Granted held = a.takes();
    a.disk().at(World::blockWrite).timesOut();
    unconverted(a.downgrades(held));
    PaxosRelease.Outcome outcome = a.releases(held);
    assertThat(outcome.again()).isTrue();
    a.disk().landLate();
    assertThat(world.block(1).mode().isShared()).isTrue();
    assertThat(
            a.newRelease()
                .exclusive(new Holding(held.dblock(), Optional.empty()), ReleaseOptions.PLAIN))
        .isEqualTo(PaxosRelease.Outcome.DONE);
    b.takes();
  }

  @Test
  void anUpgradeClearsADeadSharer() {
    AcquireOutcome.Granted held = a.shares();
    b.shares();
    b.leave();
    a.renew();
    converted(a.upgrades(held));
    assertThat(world.block(2).mode().isShared()).isFalse();
  }

  @Test
  void aCalledOffUpgradeSaysWhatTheReleaseMustUndo() {
    AcquireOutcome.Granted held = a.shares();
    boolean[] stop = {false};
    a.cancellation(() -> stop[0]);
    a.disk().at(World::blockWrite).skip(1).after(() -> stop[0] = true);
    // A competitor makes the ballot go on after phase 2.
    a.disk().at(World::leaderRead).fails(-5);
    ConvertOutcome.Refused refused = unconverted(a.upgrades(held));
    assertThat(refused.shared()).isTrue();
    assertThat(refused.undo()).isPresent();
    assertThat(world.block(1).mode().isShared()).isTrue();
  }

  @Test
  void aDowngradeLeavesTheValueBlockForTheNextOwner() throws Exception {
    AcquireOutcome.Granted held = a.takes();
    byte[] value = new byte[512];
    value[7] = 42;
    ValueWrite write = new ValueWrite(value, a.fence());
    converted(a.convert(PaxosConvert.toShared(a.context(a), held, Optional.of(write))));
    b.shares();
    assertThat(new ValueBlock(b.replicas()).read()).isEqualTo(value);
    assertThat(write.due()).isFalse();
  }

  @Test
  void aDowngradeWhoseValueMustNotBeWrittenDoesNotTakePlace() {
    AcquireOutcome.Granted held = a.takes();
    a.disk().clearTrace();
    a.losesLease();
    ValueWrite write = new ValueWrite(new byte[512], a.fence());
    ConvertOutcome.Refused refused =
        unconverted(a.convert(PaxosConvert.toShared(a.context(a), held, Optional.of(write))));
    assertThat(refused.result()).isEqualTo(ResultCode.EAGAIN.number());
    assertThat(refused.shared()).isFalse();
    assertThat(write.due()).isFalse();
    assertThat(a.disk().letters()).isEmpty();
  }

  /** Its shared lease could be given up before the older value lands. */
  @Test
  void norOneWhoseFirstDiskStillHasAnOlderValueInFlight() {
    World three = new World(Geometry.S512_A1M, 8, 3, 10);
    TestHost host = three.joined(1);
    AcquireOutcome.Granted held = host.takes();
    host.disk().at(ConvertTest::valueWrite).timesOut();
    ConvertOutcome.Refused late =
        unconverted(host.convert(PaxosConvert.toShared(host.context(host), held, aValue(host))));
    assertThat(late.result()).isEqualTo(ResultCode.AIO_TIMEOUT.number());

    Optional<ValueWrite> second = aValue(host);
    ConvertOutcome.Refused refused =
        unconverted(host.convert(PaxosConvert.toShared(host.context(host), held, second)));
    assertThat(refused.result()).isEqualTo(ResultCode.EAGAIN.number());
    assertThat(refused.shared()).isFalse();
    assertThat(second.orElseThrow().due()).isFalse();
    host.disk().landLate();
    converted(host.convert(PaxosConvert.toShared(host.context(host), held, aValue(host))));
  }

  private static Optional<ValueWrite> aValue(TestHost host) {
    return Optional.of(new ValueWrite(new byte[512], host.fence()));
  }

  private static boolean valueWrite(Io io) {
    return io.write() && io.offset() == World.RESOURCE_OFFSET + 2002 * 512;
  }
}
