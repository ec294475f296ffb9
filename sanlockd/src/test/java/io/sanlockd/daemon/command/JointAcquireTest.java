package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.VirtualClient.shared;
import static io.sanlockd.daemon.world.World.DISK;
import static io.sanlockd.daemon.world.World.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.resource.Resource.State;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several leases in one ACQUIRE, and what an acquire waits for (paxos-lease.md 16, 26). */
class JointAcquireTest {
  private static final int ENOENT = -2;
  private static final int EAGAIN = -11;
  private static final int EEXIST = -17;
  private static final int ENOTTY = -25;
  private static final int ENOSPC = -28;
  private static final int EUCLEAN = -117;
  private static final int IO_TIMEOUT = 1;
  private static final LeaseName SPACE = LeaseName.of("LS");

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  /** A lease of its own on a disk of its own. */
  private Resource elsewhere(String path) {
    world.disks().create(path, MIB);
    world.formatResource(path, 0, "LS", path.substring(1));
    return Resource.on(SPACE, LeaseName.of(path.substring(1)), List.of(new Disk(path, 0)));
  }

  /** Leases 1 to N belong to host 2, whose records no longer change here. */
  private void leasesOfASilentHost(int... numbers) {
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient owner = other.registered(7);
    for (int number : numbers) {
      owner.acquire(0, resource(number));
    }
    world.time().advance(0.1);
    byte[] before = Arrays.copyOfRange(world.disks().file(DISK).content(), 512, 1024);
    world.disks().file(DISK).freeze(512, before);
    world.time().advance(5);
  }

  @Test
  void allAreTakenAtTheSameTime() {
    Resource[] hanging = new Resource[8];
    for (int i = 0; i < 8; i++) {
      hanging[i] = elsewhere("/d" + i);
      world.disks().file("/d" + i).reads(Fault.HANG);
    }
    VirtualClient client = daemon.registered(7).acquire(0, hanging);

    // One after the other this would take eight times as long.
    world.time().advance(IO_TIMEOUT + 0.5);

    assertThat(client.lastResult()).isEqualTo(-202);
    assertThat(daemon.resources().uses(SPACE)).isFalse();
  }

  @Test
  void theOrderOfTheRequestIsKept() {
    Resource slow = elsewhere("/slow");
    world.disks().file("/slow").reads(Fault.HANG);
    VirtualClient client = daemon.registered(7).acquire(0, slow, resource(1), shared(2));
    world.time().advance(0.5);
    assertThat(client.replies()).isZero();
    world.disks().file("/slow").heal();
    world.time().advance(0.2);

    assertThat(client.inquire())
        .isEqualTo("LS:slow:/slow:0:1 LS:r1:/disk:1048576:1 LS:r2:/disk:2097152:SH");
  }

  @Test
  void whatThisHostMustRefuseLeavesNoTraceOnAnyDisk() {
    daemon.holder(6, resource(3));
    int writes = world.disks().file(DISK).writeCount();
    VirtualClient client = daemon.registered(7);

    client.acquire(0, resource(1), resource(2), resource(3), resource(4));

    assertThat(client.lastResult()).isEqualTo(EEXIST);
    assertThat(client.inquire()).isEmpty();
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    assertThat(daemon.resources().in(State.ADD)).isEmpty();
    assertThat(client.acquire(0, resource(1)).lastResult()).isZero();
  }

  @Test
  void aFailureOnOneDiskGivesBackTheOthers() {
    Resource missing = Resource.on(SPACE, LeaseName.of("none"), List.of(new Disk(DISK, 14L * MIB)));
    VirtualClient client = daemon.registered(7).acquire(0, resource(1), missing, shared(2));
    world.time().advance(2);

    assertThat(client.lastResult()).isEqualTo(-227);
    assertThat(client.inquire()).isEmpty();
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(daemon.resources().uses(SPACE)).isFalse();
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient next = other.registered(9).acquire(0, resource(1), resource(2));
    world.time().advance(2);
    assertThat(next.lastResult()).isZero();
  }

  @Test
  void aFailureEndsTheWaitForADeadOwnerAtOnce() {
    leasesOfASilentHost(1);
    VirtualClient client = daemon.registered(8).acquire(0, resource(1), elsewhere("/gone"));
    world.time().advance(0.5);
    assertThat(client.replies()).isZero();
    Resource missing = Resource.on(SPACE, LeaseName.of("none"), List.of(new Disk(DISK, 14L * MIB)));

    VirtualClient failing = daemon.registered(9).acquire(0, resource(2), missing);
    world.time().settle();
    assertThat(failing.lastResult()).isEqualTo(-227);
    client.die();
    world.time().settle();
    VirtualClient both = daemon.registered(10).acquire(0, resource(1), missing);
    world.time().settle();

    assertThat(both.lastResult()).isEqualTo(-227);
    assertThat(daemon.resources().uses(SPACE)).isFalse();
  }

  @Test
  void twiceTheSameLeaseIsTwoUsesWhenSharedAndRefusedOtherwise() {
    VirtualClient client = daemon.registered(7).acquire(0, shared(1), shared(1));
    assertThat(client.lastResult()).isZero();
    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:SH LS:r1:/disk:1048576:SH");

    assertThat(client.acquire(0, resource(2), resource(2)).lastResult()).isEqualTo(EEXIST);
    assertThat(client.acquire(0, shared(3), resource(3)).lastResult()).isEqualTo(EEXIST);
    assertThat(world.leader(2).lver()).isZero();
    assertThat(world.leader(3).lver()).isZero();
  }

  @Test
  void anAdoptedOrphanIsOneAgainWhenTheRequestFails() {
    daemon.holder(6, resource(1).withFlags(ResourceFlags.PERSISTENT)).die();
    Resource missing = Resource.on(SPACE, LeaseName.of("none"), List.of(new Disk(DISK, 14L * MIB)));
    VirtualClient client = daemon.registered(7);

    client.acquire(CommandFlags.ACQUIRE_ORPHAN, resource(1), missing);
    world.time().advance(1);
    assertThat(client.lastResult()).isEqualTo(-227);
    assertThat(daemon.resources().in(State.ORPHAN)).hasSize(1);

    client.acquire(CommandFlags.ACQUIRE_ORPHAN_ONLY, resource(1), resource(2));
    assertThat(client.lastResult()).isEqualTo(ENOENT);
    assertThat(daemon.resources().in(State.ORPHAN)).hasSize(1);
    assertThat(client.acquire(0, resource(1)).lastResult()).isEqualTo(EUCLEAN);
    assertThat(world.leader(1).isFree()).isFalse();
  }

  /** A process that ends and its successor that starts at once must not meet. */
  @Test
  void upstreamDefectOwnPendingReleaseIsRefused() {
    for (int i = 0; i < 20; i++) {
      VirtualClient client = daemon.registered(7);
      world.disks().file(DISK).writes(Fault.NONE);
      client.acquire(0, resource(1));
      world.time().advance(0.1);
      assertThat(client.lastResult()).isZero();
      world.disks().file(DISK).writes(Fault.HANG);
      client.die();
      VirtualClient next = daemon.registered(8).acquire(0, resource(1));
      world.time().advance(0.5);
      assertThat(next.replies()).isZero();
      world.disks().file(DISK).heal();
      world.time().advance(0.2);
      assertThat(next.lastResult()).isZero();
      next.releaseAll();
      next.die();
    }
  }

  @Test
  void aReleaseThatHangsIsNotWaitedForLongerThanTheIoTimeout() {
    VirtualClient client = daemon.holder(7, resource(1));
    world.disks().file(DISK).writes(Fault.HANG);
    client.die();
    VirtualClient next = daemon.registered(8).acquire(0, resource(1));

    world.time().advance(IO_TIMEOUT - 0.1);
    assertThat(next.replies()).isZero();
    world.time().advance(0.2);
    assertThat(next.lastResult()).isEqualTo(EAGAIN);
  }

  @Test
  void aWaitForADeadOwnerEndsAtOnceWithItsProcess() {
    leasesOfASilentHost(1, 2);
    VirtualClient waiting = daemon.registered(8);
    VirtualClient asking = daemon.client().acquireFor(8, 0, resource(1), resource(2));
    world.time().advance(10.3);
    assertThat(asking.replies()).isZero();
    assertThat(daemon.workers().idle()).isTrue();

    waiting.die();
    world.time().settle();

    assertThat(asking.lastResult()).isEqualTo(ENOTTY);
    assertThat(daemon.resources().uses(SPACE)).isFalse();
    assertThat(daemon.processes().held()).isZero();
  }

  @Test
  void aWaitForADeadOwnerEndsAtOnceWithItsLockspace() {
    leasesOfASilentHost(1);
    VirtualClient waiting = daemon.registered(8).acquire(0, resource(1));
    world.time().advance(10.3);

    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);

    assertThat(waiting.lastResult()).isEqualTo(ENOSPC);
    world.time().advance(3);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(waiting.process().signals()).isEmpty();
  }

  @Test
  void aWaitForADeadOwnerEndsAtOnceWithTheDaemon() {
    leasesOfASilentHost(1);
    VirtualClient waiting = daemon.registered(8).acquire(0, resource(1));
    world.time().advance(10.3);

    daemon.client().send(Command.SHUTDOWN, 0, 1);
    assertThat(waiting.lastResult()).isEqualTo(ENOSPC);
    world.time().advance(3);

    assertThat(daemon.ended()).isTrue();
  }

  @Test
  void aLockspaceThatFailsMeanwhileGetsNoNewUser() {
    Resource slow = elsewhere("/slow");
    world.disks().file("/slow").reads(Fault.HANG);
    VirtualClient client = daemon.registered(7).acquire(0, resource(1), slow);
    world.time().advance(0.5);
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.disks().file("/slow").heal();
    world.time().advance(3);

    assertThat(client.lastResult()).isEqualTo(ENOSPC);
    assertThat(client.inquire()).isEmpty();
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }
}
