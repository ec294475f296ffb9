package io.sanlockd.lease.paxos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.fixture.Format;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.FormatFlags;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Resources formatted by later releases, and owners in lockspaces of theirs (v5.md 2.4, 16). */
class NewerPaxosFormatsTest {
  private static final int V5 = 0x0005_0000;
  private static final int V64 = 0x0006_0004;
  private static final int V7 = 0x0007_0000;

  private final World world = new World(Geometry.S512_A1M, 8, 1, 1);

  private void isRefused(TestHost host, ResultCode expected) {
    Map<Long, String> before = world.disks.get(0).content();
    for (AcquireRequest request :
        new AcquireRequest[] {AcquireRequest.EXCLUSIVE, TestHost.SHARED}) {
      host.isRefused(request, expected.number());
    }
    assertThatThrownBy(() -> new PaxosRequest(host.replicas()).set(7, PaxosRequest.FORCE, false))
        .isInstanceOfSatisfying(
            LeaseException.class, e -> assertThat(e.result()).isEqualTo(expected.number()));
    assertThat(world.disks.get(0).content()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {V64, V7})
  void theVersionFoundIsKeptByEveryWrite(int version) {
    Format.lockspace(world, V5, 0);
    Format.resource(world, version, 0);
    TestHost host = world.joined(1, 1);
    AcquireOutcome.Granted held = host.takes();
    assertThat(world.leader().ownedBy(1, 1)).isTrue();
    assertThat(world.leader().version()).isEqualTo(version);
    host.releases(held);
    assertThat(world.leader().isFree()).isTrue();
    assertThat(world.leader().version()).isEqualTo(version);
    host.shares();
    assertThat(world.leader().version()).isEqualTo(version);
    TestHost other = world.joined(2, 1);
    other.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.EAGAIN.number());
    other.shares();
    assertThat(world.leader().version()).isEqualTo(version);
  }

  @Test
  void aDeadOwnersLeaseOfANewerFormatIsTakenOver() {
    Format.lockspace(world, V5, 0);
    Format.resource(world, V7, 0);
    TestHost host = world.joined(1, 1);
    TestHost owner = world.joined(2, 1);
    owner.takes();
    host.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.ACQUIRE_IDLIVE.number());
    owner.die();
    world.clock.advanceSeconds(10);
    host.takes();
    assertThat(world.leader().ownedBy(1, 1)).isTrue();
    assertThat(world.leader().version()).isEqualTo(V7);
  }

  @Test
  void compareAndWriteIsAHardStop() {
    Format.resource(world, V7, FormatFlags.CAW);
    isRefused(world.joined(1, 1), ResultCode.CAW_OPEN);
  }

  @Test
  void compareAndWriteThatAppearsDuringABallotStopsIt() {
    Format.resource(world, V7, 0);
    TestHost host = world.joined(1, 1);
    LeaderRecord caw = Format.of(world.leader(), V7, FormatFlags.CAW);
    host.disk().at(World::blockWrite).after(() -> world.leader(caw));
    host.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.CAW_OPEN.number());
    assertThat(world.leader()).isEqualTo(caw);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x2, 0x4, 0x100, 0x8000_0000})
  void unknownFlagsOfNewerFormatsAreRefused(int flag) {
    Format.resource(world, V7, flag);
    isRefused(world.joined(1, 1), ResultCode.LEADER_VERSION);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x0005_0000, 0x0008_0000, 0xffff_0000})
  void otherMajorsAreRefused(int version) {
    Format.resource(world, version, 0);
    isRefused(world.joined(1, 1), ResultCode.LEADER_VERSION);
  }

  /** v5.md 2.4, 4. */
  @Test
  void flagsThatAVersionCanNotHaveAreRefused() {
    Format.resource(world, V64, FormatFlags.CAW);
    isRefused(world.joined(1, 1), ResultCode.LEADER_VERSION);
  }

  private TestHost silentOwnerGets(int flag, boolean shared) {
    Format.lockspace(world, V5, 0);
    Format.resource(world, V7, 0);
    TestHost judge = world.joined(1, 1);
    TestHost owner = world.joined(2, 1);
    if (shared) {
      owner.shares();
    } else {
      owner.takes();
    }
    owner.die();
    world.delta(2, Format.of(world.delta(2), V5, flag));
    world.clock.advanceSeconds(1000);
    return judge;
  }

  @ParameterizedTest
  @ValueSource(ints = {FormatFlags.NO_TIMEOUT, FormatFlags.DEAD_EXT})
  void aLeaseOfAHostJudgedByOtherRulesIsNotTaken(int flag) {
    TestHost judge = silentOwnerGets(flag, false);
    LeaderRecord before = world.leader();
    judge.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.LEADER_VERSION.number());
    assertThat(world.leader()).isEqualTo(before);
  }

  /** v5.md 5.1 and 15, 3. */
  @Test
  void upstreamDefectSharedLeaseOfASilentHostWithoutTimeoutIsTaken() {
    TestHost judge = silentOwnerGets(FormatFlags.NO_TIMEOUT, true);
    judge.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.LEADER_VERSION.number());
    assertThat(world.block(2).mode().isShared()).isTrue();
  }
}
