package io.sanlockd.lease.paxos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.fixture.Io;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ValueBlockTest {
  private static ReleaseOptions leaving(TestHost host, World world) {
    return leaving(new ValueWrite(value(world), host.fence()));
  }

  private static ReleaseOptions leaving(ValueWrite write) {
    return new ReleaseOptions(Optional.empty(), Optional.of(write));
  }

  private static byte[] value(World world) {
    byte[] value = new byte[world.geometry.sectorSize()];
    value[3] = 7;
    return value;
  }

  @Test
  void theNextOwnerReadsWhatTheLastOneLeft() throws Exception {
    World world = new World();
    TestHost a = world.joined(1);
    TestHost b = world.joined(2);
    AcquireOutcome.Granted held = a.takes();
    a.newRelease()
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(a, world));
    b.takes();
    assertThat(new ValueBlock(b.replicas()).read()).isEqualTo(value(world));
  }

  @Test
  void theValueIsWrittenBeforeTheLeaseIsFree() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    a.disk().clearTrace();
    a.newRelease()
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(a, world));
    assertThat(a.disk().letters()).isEqualTo("WWRW");
    assertThat(a.disk().trace().get(0).offset()).isEqualTo(World.RESOURCE_OFFSET + 2002 * 512);
  }

  @Test
  void aValueInFlightKeepsTheLeaseUntilItHasLanded() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    Holding holding = new Holding(held.dblock(), Optional.of(held.leader()));
    a.disk().at(ValueBlockTest::valueWrite).timesOut();
    PaxosRelease.Outcome outcome = a.newRelease().exclusive(holding, leaving(a, world));
    assertThat(outcome.again() && outcome.nothingGivenUp()).isTrue();
    assertThat(outcome.result()).isEqualTo(ResultCode.AIO_TIMEOUT.number());
    assertThat(world.leader().isFree()).isFalse();
    a.disk().landLate();
    assertThat(a.newRelease().exclusive(holding, leaving(a, world)))
        .isEqualTo(PaxosRelease.Outcome.DONE);
    assertThat(world.leader().isFree()).isTrue();
  }

  @Test
  void aValueThatCanNotBeWrittenDoesNotKeepTheLease() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    a.disk().at(ValueBlockTest::valueWrite).fails(-5);
    a.newRelease()
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(a, world));
    assertThat(world.leader().isFree()).isTrue();
  }

  /** A conversion that timed out can leave one behind. */
  @Test
  void anOlderValueInFlightKeepsTheLeaseToo() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    a.disk().at(ValueBlockTest::valueWrite).timesOut();
    a.convert(
        PaxosConvert.toShared(
            a.context(a), held, Optional.of(new ValueWrite(value(world), a.fence()))));
    Holding holding = new Holding(held.dblock(), Optional.of(held.leader()));
    ValueWrite write = new ValueWrite(value(world), a.fence());
    PaxosRelease.Outcome outcome = a.newRelease().exclusive(holding, leaving(write));
    assertThat(outcome.again() && outcome.nothingGivenUp()).isTrue();
    assertThat(write.due()).isFalse();
    assertThat(world.leader().isFree()).isFalse();
    a.disk().landLate();
    assertThat(a.newRelease().exclusive(holding, leaving(a, world)))
        .isEqualTo(PaxosRelease.Outcome.DONE);
  }

  @Test
  void nothingIsWrittenWhenTheHostIdMayBeLost() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    Holding holding = new Holding(held.dblock(), Optional.of(held.leader()));
    a.disk().clearTrace();
    a.losesLease();
    ValueWrite write = new ValueWrite(value(world), a.fence());
    PaxosRelease.Outcome outcome = a.newRelease().exclusive(holding, leaving(write));
    assertThat(outcome.again() && outcome.nothingGivenUp()).isTrue();
    assertThat(outcome.result()).isNegative();
    assertThat(write.due()).isFalse();
    assertThat(a.disk().letters()).isEmpty();
  }

  @Test
  void norWhenTheFenceIsShut() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    a.disk().clearTrace();
    assertThat(a.fence().shut()).isTrue();
    a.newRelease()
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(a, world));
    assertThat(a.disk().letters()).isEmpty();
  }

  @Test
  void aWriteThatHasBegunIsDueUntilItsEndAndHoldsTheFence() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    ValueWrite write = new ValueWrite(value(world), a.fence());
    boolean[] during = new boolean[2];
    boolean[] after = new boolean[2];
    a.disk()
        .at(ValueBlockTest::valueWrite)
        .before(
            () -> {
              during[0] = write.due();
              during[1] = a.fence().shut();
            });
    a.disk()
        .at(World::blockWrite)
        .before(
            () -> {
              after[0] = write.due();
              after[1] = a.fence().shut();
            });
    a.newRelease()
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(write));
    assertThat(during).containsExactly(true, false);
    assertThat(after).containsExactly(false, true);
  }

  private static boolean valueWrite(Io io) {
    return io.write() && io.offset() == World.RESOURCE_OFFSET + 2002 * 512;
  }

  /** disk-format.md 9: the block of sector 2002 would hit another lease. */
  @ParameterizedTest
  @EnumSource(Geometry.class)
  void upstreamDefectValueBlockOutsideItsArea(Geometry geometry) throws Exception {
    World world = new World(geometry, 8, 1, 10);
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    ValueBlock block = new ValueBlock(a.replicas());
    if (new AreaLayout(geometry).hasValueBlock()) {
      assertThat(block.write(new ValueWrite(value(world), a.fence()))).isTrue();
      assertThat(block.read()).isEqualTo(value(world));
    } else {
      assertThat(block.supported()).isFalse();
      assertThatThrownBy(block::read).hasMessageContaining("no room for a value block");
      var before = world.disks.get(0).content();
      assertThatThrownBy(() -> block.write(new ValueWrite(value(world), a.fence())))
          .hasFieldOrPropertyWithValue("result", ResultCode.EINVAL.number());
      assertThat(world.disks.get(0).content()).isEqualTo(before);
    }
    assertThat(
            a.newRelease()
                .exclusive(
                    new Holding(held.dblock(), Optional.of(held.leader())), leaving(a, world))
                .result())
        .isEqualTo(1);
    assertThat(world.leader().isFree()).isTrue();
  }
}
