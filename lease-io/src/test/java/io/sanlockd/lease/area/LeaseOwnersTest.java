package io.sanlockd.lease.area;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import org.junit.jupiter.api.Test;

class LeaseOwnersTest {
  private static final long LIMIT = 10_000_000_000L;

  private final World world = new World();
  private final TestHost a = world.joined(1);
  private final TestHost b = world.joined(2);
  private final ResourceArea area =
      new ResourceArea(world.handle(world.disks.get(0)), World.RESOURCE_OFFSET);

  private LeaseOwners read() throws Exception {
    return area.readOwners(World.SPACE, World.RESOURCE, 0, LIMIT);
  }

  @Test
  void nobodyOwnsAFreshLease() throws Exception {
    assertThat(read().owners()).isEmpty();
    assertThat(read().shared()).isFalse();
  }

  @Test
  void anOwnerIsListedWithItsTime() throws Exception {
    long timestamp = a.takes().leader().timestamp();
    assertThat(read().owners())
        .containsExactly(new LeaseOwners.Owner(1, a.generation(), timestamp));
    assertThat(read().shared()).isFalse();
  }

  @Test
  void sharersAreListedByHostId() throws Exception {
    b.shares();
    a.shares();
    assertThat(read().owners())
        .containsExactly(
            new LeaseOwners.Owner(1, a.generation(), 0),
            new LeaseOwners.Owner(2, b.generation(), 0));
    assertThat(read().shared()).isTrue();
    assertThat(read().leader().lver()).isEqualTo(2);
  }

  @Test
  void oneSizeAloneMayBeGiven() throws Exception {
    a.takes();
    assertThat(area.readOwners(World.SPACE, World.RESOURCE, 0x10, LIMIT)).isEqualTo(read());
  }

  @Test
  void aMissingLockspaceNameIsToldFirst() {
    assertThatThrownBy(() -> area.readOwners(LeaseName.EMPTY, LeaseName.of("other"), 0, LIMIT))
        .hasFieldOrPropertyWithValue("result", ResultCode.LEADER_LOCKSPACE.number());
  }

  @Test
  void otherSizesThanWantedAreRefused() {
    assertThatThrownBy(
            () ->
                area.readOwners(World.SPACE, World.RESOURCE, Geometry.S4096_A8M.apiFlags(), LIMIT))
        .hasFieldOrPropertyWithValue("result", ResultCode.EINVAL.number());
  }

  @Test
  void bothNamesAreRequired() {
    assertThatThrownBy(() -> area.readOwners(LeaseName.EMPTY, World.RESOURCE, 0, LIMIT))
        .hasFieldOrPropertyWithValue("result", ResultCode.LEADER_LOCKSPACE.number());
    assertThatThrownBy(() -> area.readOwners(World.SPACE, LeaseName.EMPTY, 0, LIMIT))
        .hasFieldOrPropertyWithValue("result", ResultCode.LEADER_RESOURCE.number());
  }

  @Test
  void anAreaWithoutLeaseHasNoSizes() {
    ResourceArea nothing = new ResourceArea(world.handle(world.disks.get(0)), 0);
    assertThatThrownBy(() -> nothing.readOwners(World.SPACE, World.RESOURCE, 0, LIMIT))
        .hasFieldOrPropertyWithValue("result", ResultCode.EINVAL.number());
  }
}
