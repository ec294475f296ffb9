package io.sanlockd.lease.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.HostTable;
import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.fixture.Io;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** When another host counts as dead (paxos-lease.md 3 step 3, 7). */
class OwnerJudgementTest {
  private final World world = new World(Geometry.S512_A1M, 8, 1, 1);

  /** What {@code host} reads, with another table. */
  private static LockspaceHosts with(TestHost host, HostTable table) {
    return new LockspaceHosts() {
      @Override
      public HostTable hosts() {
        return table;
      }

      @Override
      public LeaderRecord readDelta(long hostId) throws LeaseException {
        return host.readDelta(hostId);
      }

      @Override
      public WriteFence fence() {
        return host.fence();
      }
    };
  }

  private static HostTable changed(TestHost host, UnaryOperator<HostView> change) {
    return hostId -> host.hosts().view(hostId).map(change);
  }

  /** Seconds until the lease of a silent owner is granted. */
  private long secondsToGrant(TestHost judge, HostTable table) {
    long begin = world.clock.seconds();
    TestHost.granted(judge.acquire(AcquireRequest.EXCLUSIVE, with(judge, table)));
    return world.clock.seconds() - begin;
  }

  private TestHost judge(int ioTimeout) {
    return world.joined(1, ioTimeout);
  }

  private TestHost silentOwner(int ioTimeout) {
    TestHost owner = world.joined(2, ioTimeout);
    owner.takes();
    owner.die();
    return owner;
  }

  /** paxos-lease.md 3, step 3.6: host_dead(10) = 140, not host_dead(1) = 68. */
  @Test
  void upstreamDefectOwnersIoTimeoutTakenFromOurOwn() {
    TestHost judge = judge(1);
    silentOwner(10);
    assertThat(secondsToGrant(judge, HostTable.EMPTY)).isGreaterThan(140);
  }

  /** paxos-lease.md 3, step 3.6. */
  @Test
  void upstreamDefectOwnersIoTimeoutTakenFromAnotherGeneration() {
    TestHost judge = judge(1);
    silentOwner(10);
    HostTable stale =
        hostId -> Optional.of(new HostView(hostId, hostId, 0, 7, 1, LeaseName.EMPTY, 1, 2, 1, 0));
    assertThat(secondsToGrant(judge, stale)).isGreaterThan(140);
  }

  /** The other way round: our own longer io_timeout does not matter. */
  @Test
  void aShortIoTimeoutOfTheOwnerCounts() {
    TestHost judge = judge(10);
    silentOwner(1);
    assertThat(secondsToGrant(judge, HostTable.EMPTY)).isBetween(68L, 71L);
  }

  /** paxos-lease.md 3: an owner_id larger than max_hosts has no table entry. */
  @Test
  void upstreamDefectOwnerOutsideTheTable() {
    TestHost judge = judge(1);
    AcquireOutcome.Granted held = judge.takes();
    judge.releases(held);
    LeaderRecord leader = world.leader();
    world.leader(
        leader.committed(
            Dblock.of(3, 3, 5000, 1, 9, 2, 0), leader.numHosts(), leader.flags(), 3, 1, 9));
    judge.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.LEADER_MAGIC.number());
  }

  @Test
  void aSharerIsNotDeadWhileOurOwnReadsFail() {
    TestHost judge = judge(1);
    TestHost sharer = world.joined(2, 10);
    sharer.shares();
    judge.renew();
    judge.die();
    world.clock.advanceSeconds(1000);
    // The table is a thousand seconds old, and the sharer renewed all the time.
    judge.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.EAGAIN.number());
    sharer.die();
    // Same delta record as in the table, but nobody looked for the time it takes.
    HostTable looked =
        changed(
            judge,
            v ->
                new HostView(
                    v.hostId(),
                    v.ownerId(),
                    v.generation(),
                    world.delta(2).timestamp(),
                    v.ioTimeout(),
                    v.name(),
                    v.firstCheck(),
                    v.lastCheck(),
                    v.lastCheck() - 140,
                    0));
    TestHost.refused(judge.acquire(AcquireRequest.EXCLUSIVE, with(judge, looked)));
    assertThat(world.block(2).mode().isShared()).isTrue();
  }

  @Test
  void aSharerIsDeadWhenTheTableSawItSilentForDeadTime() {
    TestHost judge = judge(1);
    TestHost sharer = world.joined(2, 10);
    sharer.shares();
    sharer.die();
    world.clock.advanceSeconds(139);
    TestHost.refused(judge.acquire(AcquireRequest.EXCLUSIVE));
    world.clock.advanceSeconds(5);
    judge.takes();
    assertThat(world.block(2).mode()).isEqualTo(ModeBlock.NONE);
  }

  @Test
  void aSharerOfANewerGenerationThanItsDeltaRecordIsAlive() {
    TestHost judge = judge(1);
    TestHost sharer = world.joined(2, 10);
    sharer.shares();
    LeaderRecord delta = world.delta(2);
    world.block(
        2, new HostBlock(world.block(2).dblock(), ModeBlock.shared(delta.ownerGeneration() + 1)));
    judge.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.EAGAIN.number());
  }

  private TestHost judgeOfADeadSharer() {
    TestHost judge = judge(1);
    TestHost sharer = world.joined(2, 10);
    sharer.shares();
    sharer.die();
    world.clock.advanceSeconds(145);
    return judge;
  }

  private static boolean clearing(Io io) {
    return io.write() && io.offset() == World.RESOURCE_OFFSET + 3 * 512;
  }

  /** Late, it would wipe the shared flag of a host that came back meanwhile. */
  @Test
  void aDeadSharerIsNotClearedWhenOurOwnLeaseMayBeLost() {
    TestHost judge = judgeOfADeadSharer();
    judge.losesLease();
    judge.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.EAGAIN.number());
    assertThat(world.block(2).mode().isShared()).isTrue();
  }

  @Test
  void whileOneIsBeingClearedTheFenceIsHeld() {
    TestHost judge = judgeOfADeadSharer();
    boolean[] shut = {true};
    judge.disk().at(OwnerJudgementTest::clearing).before(() -> shut[0] = judge.fence().shut());
    judge.takes();
    assertThat(shut[0]).isFalse();
    assertThat(judge.fence().shut()).isTrue();
  }

  @Test
  void theLeaseIsKeptUntilAClearingThatTimedOutHasLanded() {
    TestHost judge = judgeOfADeadSharer();
    judge.disk().at(OwnerJudgementTest::clearing).timesOut();
    AcquireOutcome.Refused refused =
        judge.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.AIO_TIMEOUT.number());
    assertThat(judge.withdraws(refused).nothingGivenUp()).isTrue();
    assertThat(world.leader().isFree()).isFalse();
    judge.disk().landLate();
    assertThat(judge.withdraws(refused)).isEqualTo(PaxosRelease.Outcome.DONE);
    assertThat(world.leader().isFree()).isTrue();
  }

  @Test
  void soItIsByAConversion() {
    TestHost judge = judgeOfADeadSharer();
    AcquireOutcome.Granted held = judge.shares();
    judge.disk().at(OwnerJudgementTest::clearing).timesOutLandingAfter(3 * Clock.SECOND_NANOS);
    int[] late = {-1};
    // The first write of the leader makes it ours.
    judge.disk().at(World::leaderWrite).skip(1).before(() -> late[0] = judge.disk().lateCount());
    ConvertOutcome.Refused refused = TestHost.unconverted(judge.upgrades(held));
    assertThat(refused.result()).isEqualTo(ResultCode.AIO_TIMEOUT.number());
    assertThat(late[0]).isZero();
    assertThat(world.leader().isFree()).isTrue();
  }
}
