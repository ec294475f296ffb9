package io.sanlockd.daemon.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Conversations recorded with sanlock 5.1.1, as far as this daemon answers its commands. */
class RecordedLaterConversationsTest {
  private static final String DISK = "/leases/d1";
  private static final int IO_TIMEOUT = 2;

  /** A refusal by ACQUIRE2 repeats it. */
  private static final int RECORDED_PID = 25071;

  private final World world = new World();
  private final Replay replay = new Replay(world);
  private VirtualDaemon hostA;
  private VirtualDaemon hostB;

  @BeforeEach
  void joinBoth() {
    world.disks().create(DISK, 24 * World.MIB);
    world.formatLockspace(DISK, 0, "V5", IO_TIMEOUT);
    for (int i = 1; i <= 5; i++) {
      world.formatResource(DISK, (long) i * World.MIB, "V5", "r" + i);
    }
    hostA = joined("hostA", 1);
    hostB = joined("hostB", 2);
  }

  @AfterEach
  void endWorld() {
    world.close();
  }

  private VirtualDaemon joined(String name, long hostId) {
    VirtualDaemon daemon = world.daemon(name);
    VirtualClient client = daemon.client().add("V5", hostId, DISK, 0, IO_TIMEOUT);
    world.time().advance(Replay.PATIENCE_SECONDS);
    assertThat(client.lastResult()).isZero();
    client.disconnect();
    return daemon;
  }

  private VirtualClient holding(VirtualDaemon daemon, int number, int flags) {
    Resource lease =
        Resource.on(
            LeaseName.of("V5"),
            LeaseName.of("r" + number),
            List.of(new Disk(DISK, (long) number * World.MIB)));
    VirtualClient client = daemon.registered(50 + number).acquire(0, lease.withFlags(flags));
    world.time().advance(1);
    assertThat(client.lastResult()).isZero();
    return client;
  }

  private void replay(VirtualDaemon daemon, String name, int... connections) {
    for (int connection : connections) {
      replay.play("v5/" + name, connection, daemon.client(RECORDED_PID), RECORDED_PID);
    }
  }

  @Test
  void acquire2OfAFreeLease() {
    replay(hostB, "41-acquire2-ok", 1);
    replay(hostB, "41-acquire2-nolease", 1);
  }

  @Test
  void acquire2NamesTheOwner() {
    holding(hostA, 1, 0);
    holding(hostA, 4, ResourceFlags.SHARED);

    replay(hostB, "41-acquire2-idlive", 1);
    replay(hostB, "41-acquire2-ex-vs-shared", 1);
  }

  @Test
  void acquire2ByPid() {
    holding(hostA, 1, 0);

    replay(hostB, "41-acquire2-bypid", 1, 2, 3, 4);
  }

  @Test
  void acquire2OfALeaseSharedHere() {
    holding(hostA, 2, ResourceFlags.SHARED);
    holding(hostB, 2, ResourceFlags.SHARED);

    replay(hostB, "41-acquire2-sh-holders", 1);
  }

  @Test
  void acquire2WithoutWaitingForAnOwnerThatFails() {
    holding(hostB, 5, 0);
    byte[] last = Arrays.copyOfRange(world.disks().file(DISK).content(), 512, 1024);
    world.disks().file(DISK).freeze(512, last);
    world.time().advance(8 * IO_TIMEOUT + 6);

    replay(hostA, "41-acquire2-owner-failing-nowait", 1);
  }

  @Test
  void readLockspaceHost() {
    replay(hostA, "42-read-lockspace-host", 1, 2);
    // The other connections address disks of that recording.
    replay(hostA, "42-read-lockspace-host-errors", 1, 2, 3, 4, 5);
  }

  @Test
  void getHostsOfOurselves() {
    // The last one announces a record beside -2, which 5.1.1 does not send.
    replay(hostA, "23-get-hosts-local", 1, 4);
  }
}
