package io.sanlockd.lease.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import org.junit.jupiter.api.Test;

class ExclusiveLeaseTest {
  @Test
  void aHostTakesAndReleases() {
    World world = new World();
    TestHost a = world.joined(1);
    AcquireOutcome.Granted held = a.takes();
    assertThat(world.leader().ownerId()).isEqualTo(1);
    assertThat(a.releases(held).result()).isEqualTo(1);
    assertThat(world.leader().isFree()).isTrue();
  }
}
