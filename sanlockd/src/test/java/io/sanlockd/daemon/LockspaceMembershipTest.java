package io.sanlockd.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import org.junit.jupiter.api.Test;

class LockspaceMembershipTest {
  @Test
  void aLockspaceIsJoinedAndALeaseTaken() {
    try (World world = new World().format(1)) {
      VirtualDaemon daemon = world.daemon("a").join(1, 1);
      VirtualClient client = daemon.registered(77);
      client.acquire(0, VirtualClient.resource(1));
      world.time().advance(1);
      assertThat(client.lastResult()).isZero();
      assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
      client.die();
      world.time().advance(1);
      assertThat(world.leader(1).isFree()).isTrue();
    }
  }
}
