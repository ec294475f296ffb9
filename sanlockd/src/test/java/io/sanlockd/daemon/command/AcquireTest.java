package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.VirtualClient.shared;
import static io.sanlockd.daemon.world.World.DISK;
import static io.sanlockd.daemon.world.World.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.RequestForce;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The results of ACQUIRE (protocol.md 8.7; paxos-lease.md 16). */
class AcquireTest {
  private static final int ENOENT = -2;
  private static final int ESRCH = -3;
  private static final int E2BIG = -7;
  private static final int EAGAIN = -11;
  private static final int ENOMEM = -12;
  private static final int EBUSY = -16;
  private static final int EEXIST = -17;
  private static final int EINVAL = -22;
  private static final int ENOSPC = -28;
  private static final int ERANGE = -34;
  private static final int EUCLEAN = -117;
  private static final int IO_TIMEOUT = 1;
  private static final int THIS = MessageHeader.THIS_CONNECTION;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private static Resource persistent(int number) {
    return resource(number).withFlags(ResourceFlags.PERSISTENT);
  }

  private int acquire(int flags, Resource... resources) {
    VirtualClient client = daemon.registered(99).acquire(flags, resources);
    world.time().advance(3);
    int result = client.lastResult();
    client.die();
    world.time().advance(1);
    return result;
  }

  @Test
  void oneLeaseIsTakenAndShownByInquire() {
    VirtualClient client = daemon.holder(7, resource(1));

    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
    assertThat(world.leader(1).ownerId()).isEqualTo(1);
    assertThat(client.replies()).isEqualTo(2);
  }

  @Test
  void eightLeasesInOneRequestAndAnyNumberInSeveral() {
    VirtualClient client = daemon.registered(7);
    Resource[] eight = new Resource[8];
    for (int i = 0; i < 8; i++) {
      eight[i] = resource(i + 1);
    }

    client.acquire(0, eight);
    assertThat(client.lastResult()).isZero();
    client.acquire(0, resource(9), resource(10));
    assertThat(client.lastResult()).isZero();

    assertThat(client.inquire().split(" ", -1)).hasSize(10);
  }

  @Test
  void moreThanEightAreTooManyAndTheirBytesAreDiscarded() {
    VirtualClient client = daemon.registered(7);
    Resource[] nine = new Resource[9];
    for (int i = 0; i < 9; i++) {
      nine[i] = resource(i + 1);
    }

    client.acquire(0, nine);

    assertThat(client.lastResult()).isEqualTo(E2BIG);
    assertThat(client.connection().discarded()).isEqualTo(9 * (128 + 1040) + Options.LENGTH);
    client.acquire(0, resource(1));
    assertThat(client.lastResult()).isZero();
  }

  @Test
  void aNegativeNumberOfLeasesIsTooManyToo() {
    VirtualClient client = daemon.registered(7);

    client.send(Command.ACQUIRE, 0, -1, THIS, Options.NONE::encode);

    assertThat(client.lastResult()).isEqualTo(E2BIG);
  }

  @Test
  void noLeaseAtAllOnlySetsTheOwnerName() {
    VirtualClient client = daemon.registered(7);
    client.send(Command.ACQUIRE, 0, 0, THIS, new Options(LeaseName.of("me"), 0, 0)::encode);

    assertThat(client.lastResult()).isZero();
    assertThat(daemon.clients().byPid(7).orElseThrow().ownerName()).isEqualTo("me");
    client.acquire(0, resource(1));
    assertThat(daemon.clients().byPid(7).orElseThrow().ownerName()).isEqualTo("me");
  }

  @Test
  void theOwnerNameIsSetAlsoByARequestThatIsRefused() {
    VirtualClient client = daemon.registered(7);
    Resource elsewhere =
        Resource.on(LeaseName.of("XX"), LeaseName.of("r1"), List.of(new Disk(DISK, MIB)));
    client.send(
        Command.ACQUIRE,
        0,
        1,
        THIS,
        payload -> {
          elsewhere.encode(payload);
          new Options(LeaseName.of("me"), 0, 0).encode(payload);
        });

    assertThat(client.lastResult()).isEqualTo(ENOSPC);
    assertThat(daemon.clients().byPid(7).orElseThrow().ownerName()).isEqualTo("me");
  }

  @Test
  void anUnusableNumberOfDisksIsOutOfRangeAndTheRestDiscarded() {
    VirtualClient client = daemon.registered(7);
    Resource none = Resource.named(LeaseName.of("LS"), LeaseName.of("r1"));

    client.acquire(0, resource(1), none, resource(2));

    assertThat(client.lastResult()).isEqualTo(ERANGE);
    assertThat(client.connection().discarded()).isEqualTo(128 + 1040 + Options.LENGTH);
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
  }

  @Test
  void aPathWithoutTerminatorIsInvalidAndTheProcessNotStuck() {
    VirtualClient client = daemon.registered(7);
    client.send(
        Command.ACQUIRE,
        0,
        1,
        THIS,
        payload -> {
          int start = payload.position();
          resource(1).encode(payload);
          for (int i = 0; i < Disk.PATH_LENGTH; i++) {
            payload.put(start + Resource.LENGTH + i, (byte) 'x');
          }
          Options.NONE.encode(payload);
        });

    assertThat(client.lastResult()).isEqualTo(EINVAL);
    client.acquire(0, resource(1));
    assertThat(client.lastResult()).isZero();
  }

  @Test
  void whoIsNotRegisteredIsBusyAndWhoIsNotThereUnknown() {
    assertThat(daemon.client().acquire(0, resource(1)).lastResult()).isEqualTo(EBUSY);
    assertThat(daemon.client().acquireFor(4_000_000, 0, resource(1)).lastResult()).isEqualTo(ESRCH);
    assertThat(daemon.client().acquireFor(0, 0, resource(1)).lastResult()).isEqualTo(ESRCH);
    assertThat(daemon.client(55).acquireFor(55, 0, resource(1)).lastResult()).isEqualTo(ESRCH);
  }

  @Test
  void anyoneMayAcquireForARegisteredProcess() {
    VirtualClient target = daemon.registered(7);

    assertThat(daemon.client().acquireFor(7, 0, resource(1)).lastResult()).isZero();

    assertThat(target.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
  }

  @Test
  void onlyOneRequestRunsForAProcessAtATime() {
    world.disks().file(DISK).reads(Fault.HANG);
    VirtualClient target = daemon.registered(7).acquire(0, resource(1));
    VirtualClient other = daemon.client();

    assertThat(other.acquireFor(7, 0, resource(2)).lastResult()).isEqualTo(EBUSY);
    assertThat(other.releaseFor(7, 0, resource(2)).lastResult()).isEqualTo(EBUSY);
    world.disks().file(DISK).heal();
    world.time().advance(1);
    assertThat(target.lastResult()).isZero();
    assertThat(other.acquireFor(7, 0, resource(2)).lastResult()).isZero();
  }

  @Test
  void requestsOfOneConnectionAreServedInTheirOrder() {
    VirtualClient client = daemon.registered(7);
    world.disks().file(DISK).reads(Fault.HANG);
    client.acquire(0, resource(1));
    client.acquire(0, resource(2));
    client.release(0, resource(1));
    client.send(Command.INQUIRE, 0, 0, THIS, payload -> {});

    assertThat(client.replies()).isZero();
    world.disks().file(DISK).heal();
    world.time().advance(1);

    assertThat(client.connection().replies())
        .extracting(r -> r.result())
        .containsExactly(0, 0, 0, 0);
    assertThat(client.connection().lastReply().text()).isEqualTo("LS:r2:/disk:2097152:1");
  }

  @Test
  void anUnknownLockspaceHasNoRoom() {
    Resource other =
        Resource.on(LeaseName.of("XX"), LeaseName.of("r1"), List.of(new Disk(DISK, MIB)));

    assertThat(acquire(0, other)).isEqualTo(ENOSPC);
    assertThat(acquire(0, resource(1), other)).isEqualTo(ENOSPC);
    assertThat(world.leader(1).lver()).isZero();
  }

  @Test
  void aLeaseHeldHereExistsEvenForItsHolder() {
    VirtualClient client = daemon.holder(7, resource(1));

    assertThat(acquire(0, resource(1))).isEqualTo(EEXIST);
    assertThat(acquire(0, shared(1))).isEqualTo(EEXIST);
    assertThat(client.acquire(0, resource(1)).lastResult()).isEqualTo(EEXIST);
    VirtualClient sharer = daemon.holder(8, shared(2));
    assertThat(acquire(0, resource(2))).isEqualTo(EEXIST);
    assertThat(sharer.inquire()).isEqualTo("LS:r2:/disk:2097152:SH");
  }

  @Test
  void aSharedLeaseIsJoinedWithoutTouchingTheDisk() {
    VirtualClient first = daemon.holder(7, shared(1));
    int writes = world.disks().file(DISK).writeCount();

    VirtualClient second = daemon.holder(8, shared(1));
    first.acquire(0, shared(1));

    assertThat(first.lastResult()).isZero();
    assertThat(first.inquire()).isEqualTo("LS:r1:/disk:1048576:SH LS:r1:/disk:1048576:SH");
    assertThat(second.inquire()).isEqualTo("LS:r1:/disk:1048576:SH");
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
  }

  @Test
  void aLeaseThatIsBeingTakenIsBusyAndOneThatIsGivenBackMustBeTriedAgain() {
    VirtualClient holder = daemon.holder(7, resource(1));
    world.disks().file(DISK).writes(Fault.HANG);
    holder.release(0, resource(1));
    daemon.registered(8).acquire(0, resource(2));
    VirtualClient late = daemon.registered(9);

    assertThat(late.acquire(0, resource(2)).lastResult()).isEqualTo(EBUSY);
    late.acquire(0, resource(1));
    world.time().advance(IO_TIMEOUT);
    assertThat(late.lastResult()).isEqualTo(EAGAIN);
  }

  @Test
  void orphansAreAdoptedInTheirModeAndOnlyWhenAskedFor() {
    daemon.holder(7, persistent(1)).die();
    world.time().advance(0.1);

    assertThat(acquire(0, resource(1))).isEqualTo(EUCLEAN);
    assertThat(acquire(CommandFlags.ACQUIRE_ORPHAN, shared(1))).isEqualTo(EUCLEAN);
    VirtualClient adopter = daemon.registered(8).acquire(CommandFlags.ACQUIRE_ORPHAN, resource(1));
    assertThat(adopter.lastResult()).isZero();
    assertThat(adopter.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
    adopter.die();
    world.time().advance(0.1);
    assertThat(world.leader(1).isFree()).isTrue();
  }

  @Test
  void orphanOnlyWithoutAnOrphanFindsNothing() {
    assertThat(acquire(CommandFlags.ACQUIRE_ORPHAN_ONLY, resource(1))).isEqualTo(ENOENT);
    assertThat(acquire(CommandFlags.ACQUIRE_ORPHAN, resource(1))).isZero();
    daemon.holder(7, persistent(2)).die();
    world.time().advance(0.1);
    assertThat(acquire(CommandFlags.ACQUIRE_ORPHAN_ONLY, resource(2))).isZero();
  }

  @Test
  void aLeaseOfALiveHostIsHeld() {
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    world.time().advance(4);
    other.registered(7).acquire(0, resource(1));
    other.registered(8).acquire(0, shared(2));
    world.time().advance(0.5);

    assertThat(acquire(0, resource(1))).isEqualTo(-243);
    assertThat(acquire(0, shared(1))).isEqualTo(-243);
    assertThat(acquire(CommandFlags.OWNER_NOWAIT, resource(1))).isEqualTo(-243);
    assertThat(acquire(0, resource(2))).isEqualTo(EAGAIN);
    assertThat(acquire(0, shared(2))).isZero();
  }

  @Test
  void theLeaseOfASilentOwnerIsNotWaitedForWithNowait() {
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    other.registered(7).acquire(0, resource(1));
    world.time().advance(0.1);
    silence(2);

    assertThat(acquire(CommandFlags.OWNER_NOWAIT, resource(1))).isEqualTo(-247);
  }

  /** Host 2 goes on in its own world: its records no longer change here. */
  private void silence(long hostId) {
    byte[] before =
        Arrays.copyOfRange(
            world.disks().file(DISK).content(), (int) (hostId - 1) * 512, (int) hostId * 512);
    world.disks().file(DISK).freeze((hostId - 1) * 512, before);
    // Until a renewal of ours has seen that nothing changes.
    world.time().advance(5);
  }

  @Test
  void aDeadOwnerIsWaitedForWithoutAWorkerAndTheLeaseTaken() {
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    other.registered(7).acquire(0, resource(1));
    world.time().advance(0.1);
    silence(2);
    VirtualClient waiting = daemon.registered(8).acquire(0, resource(1));
    world.time().advance(30);

    assertThat(waiting.replies()).isZero();
    assertThat(daemon.workers().idle()).isTrue();
    world.time().advance(40);
    assertThat(waiting.lastResult()).isZero();
    assertThat(world.leader(1).ownerId()).isEqualTo(1);
  }

  @Test
  void theWaitForADeadOwnerEndsWhenTheWaitingProcessDies() {
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    other.registered(7).acquire(0, resource(1));
    world.time().advance(0.1);
    silence(2);
    VirtualClient waiting = daemon.registered(8).acquire(0, resource(1));
    world.time().advance(10);

    waiting.die();
    world.time().advance(2);

    assertThat(waiting.closed()).isTrue();
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
    assertThat(daemon.processes().held()).isZero();
  }

  @Test
  void theVersionAskedForMustBeTheOneOnDisk() {
    Resource wrong = resource(1).withLver(5).withFlags(ResourceFlags.LVER);

    assertThat(acquire(0, wrong)).isEqualTo(-240);
    assertThat(acquire(0, resource(1))).isZero();
    assertThat(acquire(0, resource(1).withLver(1).withFlags(ResourceFlags.LVER))).isZero();
  }

  @Test
  void whatIsWrongOnTheDiskIsTold() {
    world.disks().create("/blank", MIB);
    world.disks().create("/short", 512);

    assertThat(acquire(0, at("r1", "/missing", 0))).isEqualTo(ENOENT);
    assertThat(acquire(0, at("r1", "/blank", 0))).isEqualTo(-223);
    assertThat(acquire(0, at("r1", "/short", 0))).isEqualTo(-90);
    assertThat(acquire(0, at("r1", DISK, 2L * MIB))).isEqualTo(-227);
    assertThat(acquire(0, at("r1", DISK, -512))).isEqualTo(EINVAL);
    world.formatResource(DISK, 3L * MIB, "other", "r3");
    assertThat(acquire(0, at("r3", DISK, 3L * MIB))).isEqualTo(-226);
    world.disks().file(DISK).content()[4 * MIB + 100] ^= 1;
    assertThat(acquire(0, at("r4", DISK, 4L * MIB))).isEqualTo(-229);
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
  }

  /** As any other name that is not the one on the disk: the lease would be held under two names. */
  @Test
  void anEmptyNameIsTheNameOfNoLeaseThatHasOne() {
    Resource nameless = at("", DISK, MIB);

    assertThat(acquire(0, nameless)).isEqualTo(-227);
    assertThat(acquire(0, nameless.withFlags(ResourceFlags.SHARED))).isEqualTo(-227);
    assertThat(world.leader(1).lver()).isZero();
    VirtualClient client = daemon.holder(7, resource(1));
    assertThat(client.request(0, RequestForce.FORCE, nameless.withLver(9))).isEqualTo(-227);
    assertThat(client.request(0, RequestForce.NONE, nameless)).isEqualTo(-227);
  }

  private static Resource at(String name, String path, long offset) {
    return Resource.on(LeaseName.of("LS"), LeaseName.of(name), List.of(new Disk(path, offset)));
  }

  @Test
  void storageThatHangsIsToldAfterTheIoTimeout() {
    VirtualClient client = daemon.registered(7);
    world.disks().file(DISK).reads(Fault.HANG);
    client.acquire(0, resource(1));

    world.time().advance(0.9);
    assertThat(client.replies()).isZero();
    world.time().advance(0.2);
    assertThat(client.lastResult()).isEqualTo(-202);
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
  }

  @Test
  void aLeaseWhoseWritesHangIsBlockedUntilTheySettle() {
    VirtualClient client = daemon.registered(7);
    world.disks().file(DISK).writes(Fault.HANG);
    client.acquire(0, resource(1));
    world.time().advance(6);
    assertThat(client.lastResult()).isNegative();
    VirtualClient second = daemon.registered(8);

    second.acquire(0, resource(1));
    world.time().advance(IO_TIMEOUT);
    assertThat(second.lastResult()).isEqualTo(EAGAIN);
    world.disks().file(DISK).heal();
    world.time().advance(5);
    second.acquire(0, resource(1));
    world.time().advance(2);
    assertThat(second.lastResult()).isZero();
  }

  @Test
  void aFailureKeepsWhatTheProcessHeldBefore() {
    VirtualClient client = daemon.holder(7, resource(1));

    assertThat(client.acquire(0, resource(2), resource(1)).lastResult()).isEqualTo(EEXIST);
    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
  }

  @Test
  void whenTooManyRequestsWaitOneIsRefusedByName() {
    VirtualClient client = daemon.registered(7);
    daemon.workers().full(true);

    assertThat(client.acquire(0, resource(1)).lastResult()).isEqualTo(ENOMEM);
    daemon.workers().full(false);
    assertThat(client.acquire(0, resource(1)).lastResult()).isZero();
  }

  @Test
  void aLeaseIsTakenAndGivenBackManyTimesWithoutLeavingAnythingOpen() {
    int open = world.disks().openDisks();
    VirtualClient client = daemon.registered(7);
    for (int i = 0; i < 50; i++) {
      client.acquire(0, resource(1 + i % 3));
      assertThat(client.lastResult()).isZero();
      client.releaseAll();
      assertThat(client.lastResult()).isZero();
    }

    assertThat(world.disks().openDisks()).isEqualTo(open);
    assertThat(world.leader(1).lver()).isEqualTo(17);
  }

  @Test
  void aMajorityOfDisksIsEnough() {
    List<Disk> disks = new ArrayList<>();
    for (String path : List.of("/d1", "/d2", "/d3")) {
      world.disks().create(path, MIB);
      world.formatResource(path, 0, "LS", "m");
      disks.add(new Disk(path, 0));
    }
    disks.set(1, new Disk("/missing", 0));
    Resource resource = Resource.on(LeaseName.of("LS"), LeaseName.of("m"), disks);
    VirtualClient client = daemon.holder(7, resource);

    assertThat(client.inquire()).isEqualTo("LS:m:/d1:0:/missing:0:/d3:0:1");
    disks.set(0, new Disk("/missing", 0));
    Resource tooFew = Resource.on(LeaseName.of("LS"), LeaseName.of("m2"), disks);
    assertThat(acquire(0, tooFew)).isEqualTo(ENOENT);
  }
}
