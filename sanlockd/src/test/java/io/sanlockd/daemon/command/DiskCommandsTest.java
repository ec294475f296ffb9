package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reading and initialising areas for anybody (protocol.md 8.18 to 8.21). */
class DiskCommandsTest {
  private static final int ENOENT = -2;
  private static final int EMSGSIZE = -90;
  private static final int LEADER_MAGIC = -223;

  private final World world = new World().format(1);
  private final VirtualDaemon daemon = world.daemon("a");

  @AfterEach
  void endWorld() {
    world.close();
  }

  private int write(Disk... disks) {
    Resource resource = Resource.on(LeaseName.of("LS"), LeaseName.of("new"), List.of(disks));
    VirtualClient client = daemon.client().send(Command.WRITE_RESOURCE, 0, 0, 0, resource::encode);
    world.time().advance(1);
    return client.lastResult();
  }

  private int readHost(long hostId) {
    Lockspace lockspace = new Lockspace(LeaseName.of("LS"), hostId, 0, new Disk(DISK, 0));
    VirtualClient client = daemon.client().send(Command.READ_LOCKSPACE, 0, 0, 0, lockspace::encode);
    world.time().advance(1);
    return client.lastResult();
  }

  @Test
  void aLeaseOnSeveralDisksIsWrittenToAllOrNone() {
    world.disks().create("/first", 1 << 20);
    world.disks().create("/second", 1 << 20);
    Disk first = new Disk("/first", 0);

    assertThat(write(first, new Disk("/missing", 0))).isEqualTo(ENOENT);
    assertThat(world.disks().file("/first").content()).containsOnly(0);
    assertThat(write(first, new Disk("/second", 0))).isZero();
    assertThat(world.disks().file("/second").content())
        .isEqualTo(world.disks().file("/first").content())
        .isNotEqualTo(new byte[1 << 20]);
  }

  @Test
  void aSlotBehindTheLastHostHoldsNoLeaseAndOneBehindTheAreaIsNone() {
    assertThat(readHost(2000)).isZero();
    assertThat(readHost(2001)).isEqualTo(LEADER_MAGIC);
    assertThat(readHost(2048)).isEqualTo(LEADER_MAGIC);
    assertThat(readHost(2049)).isEqualTo(EMSGSIZE);
    assertThat(readHost(-1)).isEqualTo(EMSGSIZE);
  }
}
