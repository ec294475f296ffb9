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
  private static ReleaseOptions leaving(byte[] value) {
    return new ReleaseOptions(Optional.empty(), Optional.of(value));
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
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(value(world)));
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
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(value(world)));
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
    PaxosRelease.Outcome outcome = a.newRelease().exclusive(holding, leaving(value(world)));
    assertThat(outcome.again() && outcome.valueDue()).isTrue();
    assertThat(outcome.result()).isEqualTo(ResultCode.AIO_TIMEOUT.number());
    assertThat(world.leader().isFree()).isFalse();
    a.disk().landLate();
    assertThat(a.newRelease().exclusive(holding, leaving(value(world))))
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
        .exclusive(new Holding(held.dblock(), Optional.of(held.leader())), leaving(value(world)));
    assertThat(world.leader().isFree()).isTrue();
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
      block.write(value(world));
      assertThat(block.read()).isEqualTo(value(world));
    } else {
      assertThat(block.supported()).isFalse();
      assertThatThrownBy(block::read).hasMessageContaining("no room for a value block");
      var before = world.disks.get(0).content();
      assertThatThrownBy(() -> block.write(value(world)))
          .hasFieldOrPropertyWithValue("result", ResultCode.EINVAL.number());
      assertThat(world.disks.get(0).content()).isEqualTo(before);
    }
    assertThat(
            a.newRelease()
                .exclusive(
                    new Holding(held.dblock(), Optional.of(held.leader())), leaving(value(world)))
                .result())
        .isEqualTo(1);
    assertThat(world.leader().isFree()).isTrue();
  }
}
