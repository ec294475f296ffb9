package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.VirtualClient.shared;
import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.resource.Resource.State;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The results of RELEASE (protocol.md 8.8; paxos-lease.md 17, 18). */
class ReleaseTest {
  private static final int EGENERIC = -1;
  private static final int ESRCH = -3;
  private static final int E2BIG = -7;
  private static final int EBUSY = -16;
  private static final int IO_TIMEOUT = 1;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  @Test
  void oneLeaseIsGivenBackOnDiskBeforeTheReply() {
    VirtualClient client = daemon.holder(7, resource(1), resource(2));

    assertThat(client.release(0, resource(1)).lastResult()).isZero();

    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isFalse();
    assertThat(client.inquire()).isEqualTo("LS:r2:/disk:2097152:1");
  }

  @Test
  void whatIsNotHeldGivesMinusOneButTheOthersAreReleased() {
    VirtualClient client = daemon.holder(7, resource(1), resource(2));

    assertThat(client.release(0, resource(1), resource(5), resource(2)).lastResult())
        .isEqualTo(EGENERIC);

    assertThat(client.inquire()).isEmpty();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(client.release(0, resource(1)).lastResult()).isEqualTo(EGENERIC);
  }

  @Test
  void nothingToReleaseIsFine() {
    VirtualClient client = daemon.registered(7);

    assertThat(client.release(0).lastResult()).isZero();
    assertThat(client.releaseAll().lastResult()).isZero();
  }

  @Test
  void moreThanEightAreReleasedTogether() {
    VirtualClient client = daemon.registered(7);
    List<Resource> twelve = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      twelve.add(resource(i));
      client.acquire(0, resource(i));
    }

    client.release(0, twelve.toArray(Resource[]::new));

    assertThat(client.lastResult()).isZero();
    for (int i = 1; i <= 12; i++) {
      assertThat(world.leader(i).isFree()).isTrue();
    }
  }

  @Test
  void allReleasesMoreThanEightAndDiscardsWhatNobodyReads() {
    VirtualClient client = daemon.registered(7);
    for (int i = 1; i <= 12; i++) {
      client.acquire(0, resource(i));
    }

    client.release(CommandFlags.RELEASE_ALL, resource(1), resource(2));

    assertThat(client.lastResult()).isZero();
    assertThat(client.connection().discarded()).isEqualTo(2 * Resource.LENGTH);
    assertThat(client.inquire()).isEmpty();
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
  }

  @Test
  void anImpossibleNumberIsTooMuchAndTheProcessNotStuck() {
    VirtualClient client = daemon.holder(7, resource(1));

    client.send(
        Command.RELEASE, 0, -1, MessageHeader.THIS_CONNECTION, resource(1)::encodeWithoutDisks);

    assertThat(client.lastResult()).isEqualTo(E2BIG);
    assertThat(client.release(0, resource(1)).lastResult()).isZero();
  }

  @Test
  void anImpossibleNumberForNobodyIsRefusedForThat() {
    VirtualClient client = daemon.client();

    client.send(Command.RELEASE, 0, -1, 4_000_000, payload -> {});
    assertThat(client.lastResult()).isEqualTo(ESRCH);
    client.send(Command.RELEASE, 0, -1, MessageHeader.THIS_CONNECTION, payload -> {});
    assertThat(client.lastResult()).isEqualTo(EBUSY);
  }

  @Test
  void anyoneMayReleaseForARegisteredProcess() {
    VirtualClient holder = daemon.holder(7, resource(1), resource(2));
    VirtualClient other = daemon.client();

    assertThat(other.releaseFor(7, 0, resource(1)).lastResult()).isZero();
    assertThat(other.releaseFor(7, CommandFlags.RELEASE_ALL).lastResult()).isZero();

    assertThat(holder.inquire()).isEmpty();
    assertThat(other.releaseFor(8, CommandFlags.RELEASE_ALL).lastResult()).isEqualTo(ESRCH);
    assertThat(other.releaseAll().lastResult()).isEqualTo(EBUSY);
  }

  @Test
  void oneOfSeveralSharersTouchesNoDisk() {
    VirtualClient first = daemon.holder(7, shared(1));
    VirtualClient second = daemon.holder(8, shared(1));
    int writes = world.disks().file(DISK).writeCount();

    assertThat(first.release(0, shared(1)).lastResult()).isZero();
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    assertThat(second.release(0, shared(1)).lastResult()).isZero();
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes + 1);
  }

  @Test
  void aRenamedLeaseHasItsNewNameOnDisk() {
    VirtualClient client = daemon.holder(7, resource(1));
    Resource renamed = Resource.named(LeaseName.of("LS"), LeaseName.of("new"));

    assertThat(client.release(CommandFlags.RELEASE_RENAME, resource(1), renamed).lastResult())
        .isZero();

    assertThat(world.leader(1).resourceName()).isEqualTo(LeaseName.of("new"));
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(client.release(CommandFlags.RELEASE_RENAME, resource(2), renamed).lastResult())
        .isEqualTo(EGENERIC);
  }

  /** A late write of the rename would land on top of the lease under its new name. */
  @Test
  void aRenamedLeaseIsBlockedUntilTheRenameHasSettled() {
    VirtualClient client = daemon.holder(7, resource(1));
    Resource other = Resource.on(LeaseName.of("LS"), LeaseName.of("new"), resource(1).disks());
    world.disks().file(DISK).hangOnly(World.MIB);
    client.release(CommandFlags.RELEASE_RENAME, resource(1), other);
    world.time().advance(1.5);
    assertThat(client.lastResult()).isEqualTo(-202);
    VirtualClient next = daemon.registered(8).acquire(0, other);
    world.time().advance(0.5);
    assertThat(next.lastResult()).isEqualTo(-11);

    world.disks().file(DISK).hangOnly(-1);
    world.disks().file(DISK).heal();
    world.time().advance(5);
    next.acquire(0, other);
    world.time().advance(1);
    assertThat(next.lastResult()).isZero();
  }

  @Test
  void orphansAreReleasedInTheBackgroundAndCounted() {
    for (int i = 1; i <= 3; i++) {
      daemon.holder(10 + i, resource(i).withFlags(ResourceFlags.PERSISTENT)).die();
    }
    VirtualClient client = daemon.registered(7);
    Resource all = Resource.named(LeaseName.of("LS"), LeaseName.EMPTY);

    assertThat(client.release(CommandFlags.RELEASE_ORPHAN, resource(9)).lastResult()).isZero();
    assertThat(client.release(CommandFlags.RELEASE_ORPHAN, resource(2)).lastResult()).isEqualTo(1);
    assertThat(client.release(CommandFlags.RELEASE_ORPHAN, all).lastResult()).isEqualTo(2);
    world.time().advance(0.1);

    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(world.leader(3).isFree()).isTrue();
    assertThat(daemon.client().release(CommandFlags.RELEASE_ORPHAN, all).lastResult())
        .isEqualTo(EBUSY);
  }

  @Test
  void aReleaseThatTimesOutLeavesTheClientAndGoesOnInTheBackground() {
    VirtualClient client = daemon.holder(7, resource(1));
    world.disks().file(DISK).writes(Fault.HANG);
    client.release(0, resource(1));
    world.time().advance(2.5);

    assertThat(client.lastResult()).isEqualTo(-202);
    assertThat(client.inquire()).isEmpty();
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isTrue();
    world.disks().file(DISK).heal();
    world.time().advance(5);
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
  }

  @Test
  void aReleaseThatIsToBeRepeatedEndsAtOnceWhenItsLockspaceIsLeft() {
    VirtualClient client = daemon.holder(7, resource(1));
    VirtualClient other = daemon.holder(8, resource(2));
    world.disks().file(DISK).hangOnly(World.MIB);
    client.release(0, resource(1));
    world.time().advance(2.1);
    assertThat(client.lastResult()).isEqualTo(-202);

    // The next look at the release, whose write is still under way, would be in two seconds.
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.disks().file(DISK).hangOnly(-1);
    world.disks().file(DISK).heal();
    assertThat(daemon.resources().in(State.REM)).hasSize(1);
    world.time().advance(1.1);

    assertThat(other.process().signals()).as("the lockspace is being left").isNotEmpty();
    assertThat(daemon.resources().in(State.REM)).isEmpty();
    assertThat(daemon.log().lines()).as("not repeated").doesNotContain("s1:r2 released r1");
  }

  @Test
  void aReleaseThatFailsGivesTheLeaseUpLocally() {
    VirtualClient client = daemon.holder(7, resource(1));
    world.disks().file(DISK).reads(Fault.FAIL);

    assertThat(client.release(0, resource(1)).lastResult()).isNegative();
    assertThat(client.inquire()).isEmpty();
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
  }

  @Test
  void theProcessMayDieWhileItsLeasesAreReleasedForIt() {
    VirtualClient holder = daemon.holder(7, resource(1), resource(2));
    world.disks().file(DISK).writes(Fault.HANG);
    VirtualClient other = daemon.client().releaseFor(7, 0, resource(1));

    holder.die();
    assertThat(other.replies()).isZero();
    world.disks().file(DISK).heal();
    world.time().advance(1);

    assertThat(other.lastResult()).isZero();
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(daemon.clients().departed()).isEmpty();
    assertThat(daemon.processes().held()).isZero();
  }

  @Test
  void theProcessMayDieInItsOwnRelease() {
    VirtualClient holder = daemon.holder(7, resource(1), resource(2));
    world.disks().file(DISK).writes(Fault.HANG);
    holder.release(0, resource(1));

    holder.die();
    world.disks().file(DISK).heal();
    world.time().advance(1);

    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(holder.closed()).isTrue();
    assertThat(daemon.processes().held()).isZero();
  }

  @Test
  void whoAskedForTheReleaseMayGoAway() {
    VirtualClient holder = daemon.holder(7, resource(1));
    world.disks().file(DISK).writes(Fault.HANG);
    VirtualClient other = daemon.client().releaseFor(7, 0, resource(1));

    other.disconnect();
    world.disks().file(DISK).heal();
    world.time().advance(1);

    assertThat(other.closed()).isTrue();
    assertThat(holder.inquire()).isEmpty();
    assertThat(holder.acquire(0, resource(1)).lastResult()).isZero();
  }
}
