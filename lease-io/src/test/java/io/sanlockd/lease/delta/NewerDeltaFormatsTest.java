package io.sanlockd.lease.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.Cancellation;
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

/** Lockspaces formatted by later releases (v5.md 2.4, 16). */
class NewerDeltaFormatsTest {
  private static final int V3 = 0x0003_0004;
  private static final int V4 = 0x0004_0000;
  private static final int V5 = 0x0005_0000;

  private final World world = new World(Geometry.S512_A1M, 8, 1, 2);
  private final TestHost host = world.host(1, 2);

  /** Tries to join and proves that nothing was written. */
  private void isRefused(ResultCode expected) {
    Map<Long, String> before = world.space.content();
    long writes = world.space.writes();
    try {
      host.newDeltaLease().acquire(held -> true, Cancellation.NEVER);
    } catch (LeaseException e) {
      assertThat(ResultCode.of(e.result())).contains(expected);
      assertThat(world.space.writes()).isEqualTo(writes);
      assertThat(world.space.content()).isEqualTo(before);
      return;
    }
    throw new AssertionError("joined");
  }

  private void changeSlot(long hostId, int version, int flags) {
    world.delta(hostId, Format.of(world.delta(hostId), version, flags));
  }

  @ParameterizedTest
  @ValueSource(ints = {V3, V4, V5})
  void theVersionFoundIsKeptByEveryWrite(int version) {
    Format.lockspace(world, version, 0);
    host.join();
    assertThat(world.delta(1).version()).isEqualTo(version);
    assertThat(world.delta(1).ownedBy(1, 1)).isTrue();
    assertThat(host.renew().succeeded()).isTrue();
    assertThat(world.delta(1).version()).isEqualTo(version);
    assertThat(host.delta().release()).isTrue();
    assertThat(world.delta(1).version()).isEqualTo(version);
    assertThat(world.delta(1).isFree()).isTrue();
  }

  /** v5.md 15, 12: one slot of an old lockspace may have a newer format. */
  @Test
  void slotsOfDifferentFormatsLiveTogether() {
    changeSlot(2, V5, 0);
    host.join();
    TestHost other = world.joined(2, 2);
    host.renew();
    assertThat(world.delta(1).version()).isEqualTo(V3);
    assertThat(world.delta(2).version()).isEqualTo(V5);
    assertThat(host.monitor.view(2).orElseThrow().ownerId()).isEqualTo(other.id);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x0002_0000, 0x0006_0000, 0x7fff_0000, 0xffff_0000})
  void otherMajorsAreRefused(int version) {
    Format.lockspace(world, version, 0);
    isRefused(ResultCode.LEADER_VERSION);
  }

  @Test
  void compareAndWriteIsAHardStop() {
    Format.lockspace(world, V5, FormatFlags.CAW);
    isRefused(ResultCode.CAW_OPEN);
  }

  @ParameterizedTest
  @ValueSource(ints = {FormatFlags.NO_TIMEOUT, FormatFlags.DEAD_EXT, 0x1, 0x100, 0x8000_0000})
  void rulesWeDoNotImplementAreRefused(int flag) {
    Format.lockspace(world, V5, flag);
    isRefused(ResultCode.LEADER_VERSION);
  }

  /** v5.md 2.4, 3: in any slot, as we would judge its owner wrongly. */
  @Test
  void aSingleForeignSlotRefusesTheLockspace() {
    LeaderRecord plain = world.delta(2000);
    changeSlot(2000, V4, FormatFlags.NO_TIMEOUT);
    isRefused(ResultCode.LEADER_VERSION);
    world.delta(2000, Format.of(plain, V5, FormatFlags.DEAD_EXT));
    isRefused(ResultCode.LEADER_VERSION);
    world.delta(2000, Format.of(plain, V5, FormatFlags.CAW));
    isRefused(ResultCode.CAW_OPEN);
    world.delta(2000, Format.of(plain, 0x0006_0000, 0));
    isRefused(ResultCode.LEADER_VERSION);
  }

  /** v5.md 2.4, 4. */
  @Test
  void flagsThatAVersionCanNotHaveAreRefused() {
    LeaderRecord plain = world.delta(1);
    changeSlot(1, V3, FormatFlags.NO_TIMEOUT);
    isRefused(ResultCode.LEADER_VERSION);
    world.delta(1, Format.of(plain, V4, FormatFlags.CAW));
    isRefused(ResultCode.LEADER_VERSION);
  }

  @Test
  void aDamagedSlotOfAnotherHostKeepsNobodyOut() {
    changeSlot(5, 0x0009_0000, FormatFlags.CAW);
    world.space.damage(world.deltaOffset(5) + 150);
    host.join();
    assertThat(world.delta(1).ownedBy(1, 1)).isTrue();
  }

  /** v5.md 5.2: the lease is lost, and no later write of ours removes the flag. */
  @Test
  void aHostDeclaredDeadLosesItsLeaseForGood() {
    Format.lockspace(world, V5, 0);
    host.join();
    LeaderRecord own = world.delta(1);
    changeSlot(1, V5, FormatFlags.DEAD_EXT);
    long writes = world.space.writes();
    assertThat(host.renew().result()).isEqualTo(ResultCode.RENEW_DEAD_EXT.number());
    world.delta(1, own);
    long put = world.space.writes();
    assertThat(host.renew().result()).isEqualTo(ResultCode.RENEW_DEAD_EXT.number());
    assertThat(host.delta().release()).isFalse();
    assertThat(world.space.writes()).isEqualTo(put);
    assertThat(put).isEqualTo(writes + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {FormatFlags.NO_TIMEOUT, FormatFlags.CAW})
  void aFlagThatAppearsInOurSlotEndsOurLease(int flag) {
    Format.lockspace(world, V5, 0);
    host.join();
    changeSlot(1, V5, flag);
    long writes = world.space.writes();
    ResultCode expected = flag == FormatFlags.CAW ? ResultCode.CAW_OPEN : ResultCode.LEADER_VERSION;
    assertThat(host.renew().result()).isEqualTo(expected.number());
    assertThat(world.space.writes()).isEqualTo(writes);
  }

  /** v5.md 5.1. */
  @Test
  void aSilentHostWhoseLeaseGetsNoTimeoutStaysFailed() {
    Format.lockspace(world, V5, 0);
    host.join();
    host.keepRenewing();
    TestHost other = world.joined(2, 2);
    world.clock.advanceSeconds(10);
    other.die();
    changeSlot(2, V5, FormatFlags.NO_TIMEOUT);
    world.clock.advanceSeconds(1000);
    assertThat(host.monitor.state(host.monitor.view(2).orElseThrow()))
        .isEqualTo(HostMonitor.State.FAIL);
    assertThat(host.log().lines()).contains("error host 2 in LS has flags 2");
  }
}
