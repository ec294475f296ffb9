package io.sanlockd.lease.paxos;

import static io.sanlockd.lease.fixture.TestHost.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.fixture.Coroutine;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Rules of an acquire that concern one host alone; what several hosts do is told as timelines. */
class PaxosAcquireTest {
  private static final AcquireRequest EX = AcquireRequest.EXCLUSIVE;
  private static final int ALL_HOSTS = Geometry.S512_A1M.maxHosts();

  private final World world = new World();
  private final TestHost a = world.joined(1);

  /** H5, at the level of the acquire itself. */
  @Test
  void nothingIsBegunWhileAWriteIsInFlight() {
    a.disk().at(World::blockWrite).timesOut();
    a.isRefused(EX, ResultCode.DBLOCK_WRITE.number());
    AcquireOutcome.Refused refused = a.isRefused(EX, ResultCode.EAGAIN.number());
    assertThat(refused.undo()).isEmpty();
    a.disk().landLate();
    a.takes();
  }

  /** I6: our block may have been cleared by another host. */
  @Test
  void aNumberIsNotUsedTwiceThoughOurBlockWasCleared() {
    a.disk().at(World::blockWrite).skip(1).fails(-5);
    AcquireOutcome.Refused refused = refused(a.acquire(EX));
    long used = refused.undo().orElseThrow().dblock().mbal();
    world.block(1, HostBlock.CLEARED);
    assertThat(a.takes().dblock().mbal()).isGreaterThan(used);
  }

  @Test
  void anotherIncarnationRemembersItsNumbersFromTheDisk() {
    a.disk().at(World::blockWrite).skip(1).failsButLands(-5);
    refused(a.acquire(EX));
    TestHost again = world.host(1, 10);
    again.assumeGeneration(a.generation());
    assertThat(again.takes().dblock().mbal()).isGreaterThan(1);
  }

  /** paxos-lease.md 4: a skipped block may hold the decided value or a SHARED flag. */
  @Test
  void upstreamDefectDamagedBlockSkippedInABallot() {
    world.block(3, new HostBlock(Dblock.of(3, 3, 3, 1, 5, 1, 0), ModeBlock.NONE));
    a.disk().at(World::blockWrite).before(() -> world.disks.get(0).damage(world.blockOffset(3)));
    a.isRefused(EX, ResultCode.DBLOCK_CHECKSUM.number());
  }

  /** paxos-lease.md 26: without a limit a hopeless acquire never ends. */
  @Test
  void upstreamDefectBallotsRepeatedWithoutLimit() {
    someoneIsAlwaysAhead();
    long begin = world.clock.seconds();
    a.isRefused(EX, ResultCode.DBLOCK_MBAL.number());
    assertThat(world.clock.seconds() - begin).isBetween(30L, 40L);
  }

  /** Who sleeps much longer than a rival needs for a lease never finds it free. */
  @Test
  void waitsAfterLostBallotsGrowFromShortOnes() {
    someoneIsAlwaysAhead();
    List<Long> bounds = new ArrayList<>();
    a.randomness(
        bound -> {
          bounds.add(bound);
          return bound / 2;
        });
    a.isRefused(EX, ResultCode.DBLOCK_MBAL.number());
    long second = Clock.SECOND_NANOS;
    assertThat(bounds)
        .startsWith(second / 32, second / 16, second / 8, second / 4, second / 2, second, second);
  }

  /** Host 3 begins a ballot with a larger number whenever we look. */
  private void someoneIsAlwaysAhead() {
    long[] mbal = {3};
    a.disk()
        .at(World::areaRead)
        .always()
        .before(
            () -> {
              mbal[0] += 100_000;
              world.block(3, new HostBlock(Dblock.of(mbal[0], 0, 0, 0, 0, 1, 0), ModeBlock.NONE));
            });
  }

  /** paxos_debug_all: every step with what it saw, in the words of the C program. */
  @Test
  void theStepsOfABallotAreLoggedWhenTheyAreAskedFor() {
    world.clock.advanceTo(200);
    a.log().want(LogDetail.PAXOS);
    a.takes();
    long now = a.clock.seconds();
    assertThat(a.log().lines())
        .containsSubsequence(
            "debug ballot 1 phase1 write mbal 1",
            "debug ballot 1 phase1 read 0:1:0:0:0:0:1:0,",
            "debug ballot 1 phase2 write bal 1 inp 1 1 " + now,
            "debug ballot 1 phase2 read 0:1:1:1:1:" + now + ":1:0,",
            "debug ballot 1 commit self leader 1 owner 1 1 " + now)
        .anyMatch(line -> line.startsWith("debug paxos_acquire leader 0 owner 0 0 0 max mbal 0 "));
  }

  @Test
  void theStepsOfABallotAreNotLoggedUnasked() {
    a.takes();
    assertThat(a.log().lines()).noneMatch(line -> line.contains("ballot"));
  }

  /** A leader far behind the blocks is repaired, not fought against. */
  @Test
  void aLeaderThatWasPutBackIsDecidedAgain() {
    world.block(3, new HostBlock(Dblock.of(3, 3, 3, 1, 5, 9, 0), ModeBlock.NONE));
    a.isRefused(EX, ResultCode.ACQUIRE_OTHER.number());
    assertThat(world.leader().lver()).isEqualTo(9);
    assertThat(world.leader().ownerId()).isEqualTo(3);
  }

  @Test
  void anAcquireEndsWhenItIsCalledOff() {
    boolean[] stop = {false};
    a.cancellation(() -> stop[0]);
    someoneIsAlwaysAhead();
    world.clock.after(2_000_000_000L, () -> stop[0] = true);
    long begin = world.clock.seconds();
    a.isRefused(EX, ResultCode.EGENERIC.number());
    assertThat(world.clock.seconds() - begin).isLessThan(5);
  }

  /** paxos-lease.md 26 10: our value may be committed by others after we have given up. */
  @Test
  void upstreamDefectNoWithdrawalAfterAnAbandonedAcquire() {
    boolean[] stop = {false};
    a.cancellation(() -> stop[0]);
    a.disk()
        .at(World::blockWrite)
        .skip(1)
        .after(
            () -> {
              stop[0] = true;
              world.block(3, new HostBlock(Dblock.of(4003, 0, 0, 0, 0, 1, 0), ModeBlock.NONE));
            });
    AcquireOutcome.Refused refused = a.isRefused(EX, ResultCode.EGENERIC.number());
    assertThat(refused.undo()).isPresent();
    assertThat(a.withdraws(refused).result()).isEqualTo(1);
    assertThat(world.block(1).dblock().released()).isTrue();
    assertThat(world.block(1).dblock().inp()).isEqualTo(1);
  }

  @Test
  void aVersionDecidedForAnotherHostNeedsNoWithdrawal() {
    TestHost b = world.joined(2);
    var slow = a.begin(() -> a.acquire(EX));
    slow.runUntil(World::leaderWrite);
    AcquireOutcome.Refused refused = b.isRefused(EX, ResultCode.ACQUIRE_OTHER.number());
    slow.close();
    assertThat(refused.undo()).isEmpty();
  }

  /** paxos-lease.md 26 4: a block with another host's value is written unchanged, plus the flag. */
  @Test
  void upstreamDefectReleaseWritesStrayMemoryForAnotherHostsValue() {
    AcquireOutcome.Granted held = a.takes();
    Dblock adopted = Dblock.of(4001, 4001, 2, 1, 77, 1, 0);
    a.newRelease()
        .exclusive(new Holding(adopted, Optional.of(held.leader())), ReleaseOptions.PLAIN);
    assertThat(world.block(1).dblock()).isEqualTo(adopted.withReleased());
  }

  /** paxos-lease.md 3 step 5: the block on disk, not a zero one, is what a release writes. */
  @Test
  void upstreamDefectZeroBlockAfterACommitByAnotherHost() {
    TestHost b = world.joined(2);
    var slow = a.begin(() -> a.acquire(EX));
    slow.runUntil(World::areaRead);
    slow.runUntil(World::blockWrite);
    slow.runUntil(World::areaRead);
    slow.runUntil(World::blockWrite);
    slow.runUntil(World::areaRead);
    b.isRefused(EX, ResultCode.ACQUIRE_OTHER.number());
    AcquireOutcome.Granted held = finish(slow);
    assertThat(held.dblock().inp()).isEqualTo(1);
    assertThat(world.block(1).dblock()).isEqualTo(held.dblock());
  }

  private static AcquireOutcome.Granted finish(Coroutine<AcquireOutcome> running) {
    try {
      return TestHost.granted(running.finish());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** disk-format.md 12: the sizes are believed before anything else of the area is looked at. */
  @Test
  void upstreamDefectMixedSizes() throws Exception {
    new ResourceArea(a.disk(), World.RESOURCE_OFFSET)
        .initialize(Geometry.S4096_A8M, World.SPACE, World.RESOURCE, 8, 60_000_000_000L);
    AcquireOutcome.Granted held = a.takes();
    assertThat(a.replicas().geometry()).isEqualTo(Geometry.S4096_A8M);
    assertThat(a.releases(held).result()).isEqualTo(1);
  }

  /** disk-format.md 12: num_hosts beyond the area. */
  @Test
  void upstreamDefectNumHostsBeyondTheArea() {
    LeaderRecord leader = world.leader();
    world.leader(leader.committed(Dblock.of(1, 1, 1, 1, 5, 1, 0), 5000, leader.flags(), 1, 1, 5));
    a.isRefused(EX, ResultCode.LEADER_NUMHOSTS.number());
  }

  /** The first read could take a number from it, and the ballot would write over the damage. */
  @Test
  void aDamagedOwnBlockIsNotBelievedWhenItIsReadAlone() {
    World full = new World(Geometry.S512_A1M, ALL_HOSTS, 1, 10);
    TestHost host = full.joined(1);
    host.releases(host.takes());
    byte[] sector = full.disks.get(0).bytes(full.blockOffset(1), 512);
    sector[0] ^= 1;
    full.disks.get(0).put(full.blockOffset(1), sector);
    host.isRefused(EX, ResultCode.DBLOCK_CHECKSUM.number());
  }

  @Test
  void aBlockOfASharerIsNotReadAlone() {
    isReadAsAWhole(left -> new HostBlock(left, ModeBlock.shared(1)));
  }

  @Test
  void aBlockThatNoReleaseHasLeftSoIsNotReadAlone() {
    isReadAsAWhole(
        left ->
            new HostBlock(
                Dblock.of(
                    left.mbal(), left.bal(), left.inp(), left.inp2(), left.inp3(), left.lver(), 0),
                ModeBlock.NONE));
  }

  /** By a host that has released the lease and finds its block changed. */
  private static void isReadAsAWhole(Function<Dblock, HostBlock> change) {
    World full = new World(Geometry.S512_A1M, ALL_HOSTS, 1, 10);
    TestHost host = full.joined(1);
    host.releases(host.takes());
    full.block(1, change.apply(full.block(1).dblock()));
    host.disk().clearTrace();
    host.takes();
    assertThat(host.disk().letters()).startsWith("RRAW");
  }

  /** Disks may differ, which only all blocks show. */
  @Test
  void aLeaseOnSeveralDisksIsReadAsAWhole() {
    World several = new World(Geometry.S512_A1M, ALL_HOSTS, 3, 10);
    TestHost host = several.joined(1);
    host.releases(host.takes());
    host.disk().clearTrace();
    host.takes();
    assertThat(host.disk().letters()).startsWith("RAW");
  }

  /** A damaged block that nobody uses does not matter, unless it may hide the owner of now. */
  @Test
  void damageBeyondNumHostsMattersWhereItClaimsToBeNewer() {
    long beyond = world.leader().numHosts() + 1;
    world.block(beyond, new HostBlock(Dblock.of(0, 0, 0, 0, 0, 0, 0), ModeBlock.NONE));
    damage(beyond);
    assertThat(a.releases(a.takes()).result()).isEqualTo(1);
    world.block(beyond, new HostBlock(Dblock.of(9, 9, 9, 1, 5, 7, 0), ModeBlock.NONE));
    damage(beyond);
    a.isRefused(EX, ResultCode.DBLOCK_CHECKSUM.number());
  }

  private void damage(long hostId) {
    byte[] sector = world.disks.get(0).bytes(world.blockOffset(hostId), 512);
    sector[0] ^= 1;
    world.disks.get(0).put(world.blockOffset(hostId), sector);
  }

  @Test
  void aRenameThatIsLostIsReported() {
    AcquireOutcome.Granted held = a.takes();
    LeaderRecord leader = world.leader();
    world.leader(leader.committed(held.dblock(), 8, leader.flags(), 2, 1, 5));
    PaxosRelease.Outcome outcome =
        a.newRelease()
            .exclusive(
                new Holding(held.dblock(), Optional.of(held.leader())),
                new ReleaseOptions(Optional.of(LeaseName.of("NEW")), Optional.empty()));
    assertThat(outcome.result()).isEqualTo(1);
    assertThat(a.log().lines()).anyMatch(line -> line.contains("to NEW is lost"));
  }

  @Test
  void aLeaseHeldByAnotherGenerationOfOursIsNotReleased() {
    AcquireOutcome.Granted held = a.takes();
    LeaderRecord leader = world.leader();
    world.leader(leader.committed(Dblock.of(1, 1, 1, 7, 5, 1, 0), 8, leader.flags(), 1, 7, 5));
    assertThat(a.releases(held).result()).isEqualTo(ResultCode.RELEASE_OWNER.number());
    assertThat(world.leader().isFree()).isFalse();
  }
}
