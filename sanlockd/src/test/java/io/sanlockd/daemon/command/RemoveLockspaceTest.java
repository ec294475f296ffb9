package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** REM_LOCKSPACE (protocol.md 8.3; lockspace.md 6). */
class RemoveLockspaceTest {
  private static final int ENOENT = -2;
  private static final int EAGAIN = -11;
  private static final int EBUSY = -16;
  private static final int EINPROGRESS = -115;
  private static final int ENOSPC = -28;

  private final World world = new World().format(1);
  private final VirtualDaemon daemon = world.daemon("a");

  @BeforeEach
  void join() {
    daemon.join(1, 1);
  }

  @AfterEach
  void endWorld() {
    world.close();
  }

  @Test
  void theReplyComesWhenTheLockspaceIsGoneAndTheHostIdFree() {
    VirtualClient client = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    assertThat(client.replies()).isZero();

    world.time().advance(2);

    assertThat(client.lastResult()).isZero();
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(world.disks().openDisks()).isZero();
  }

  @Test
  void withAsyncTheReplyComesAtOnce() {
    VirtualClient client = daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);

    assertThat(client.lastResult()).isZero();
    assertThat(daemon.lockspaces().isEmpty()).isFalse();
    world.time().advance(2);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(client.replies()).isEqualTo(1);
  }

  @Test
  void whatDoesNotMatchIsUnknown() {
    VirtualClient client = daemon.client();

    client.lockspace(Command.REM_LOCKSPACE, 0, 0, "LS", 2, DISK, 0);
    assertThat(client.lastResult()).isEqualTo(ENOENT);
    client.lockspace(Command.REM_LOCKSPACE, 0, 0, "LS", 1, DISK, 512);
    assertThat(client.lastResult()).isEqualTo(ENOENT);
    client.lockspace(Command.REM_LOCKSPACE, 0, 0, "LX", 1, DISK, 0);
    assertThat(client.lastResult()).isEqualTo(ENOENT);
    client.lockspace(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC, 0, "LS", 0, DISK, 0);
    assertThat(client.lastResult()).isZero();
  }

  @Test
  void unusedMeansThatNoLeaseIsHeldOrTakenOrGivenBackOrOrphaned() {
    Resource persistent = VirtualClient.resource(1).withFlags(ResourceFlags.PERSISTENT);
    VirtualClient holder = daemon.registered(7).acquire(0, persistent);
    world.time().settle();
    VirtualClient remover = daemon.client();

    remover.standard(Command.REM_LOCKSPACE, CommandFlags.REM_UNUSED);
    assertThat(remover.lastResult()).isEqualTo(EBUSY);
    holder.die();
    remover.standard(Command.REM_LOCKSPACE, CommandFlags.REM_UNUSED);
    assertThat(remover.lastResult()).isEqualTo(EBUSY);

    VirtualClient helper = daemon.registered(8);
    helper.release(CommandFlags.RELEASE_ORPHAN, VirtualClient.resource(1));
    assertThat(helper.lastResult()).isEqualTo(1);
    world.time().advance(1);
    remover.standard(Command.REM_LOCKSPACE, CommandFlags.REM_UNUSED);
    world.time().advance(2);
    assertThat(remover.lastResult()).isZero();
  }

  /** Between the check and the start of the removal no use can slip in. */
  @Test
  void upstreamDefectRemUnusedIsNotAtomic() {
    VirtualClient process = daemon.registered(7);

    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_UNUSED);
    process.acquire(0, VirtualClient.resource(1));

    assertThat(process.lastResult()).isEqualTo(ENOSPC);
    world.time().advance(3);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(process.process().signals()).isEmpty();
    assertThat(world.leader(1).lver()).isZero();
  }

  @Test
  void processesWithLeasesAreKilledAtOnceAndTheirLeasesLeftOnDisk() {
    VirtualClient holder = daemon.registered(7).acquire(0, VirtualClient.resource(1));
    world.time().settle();
    VirtualClient bystander = daemon.registered(8);

    VirtualClient remover = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(1);

    assertThat(holder.process().signals()).startsWith(Signals.KILL);
    assertThat(bystander.process().signals()).isEmpty();
    assertThat(remover.replies()).isZero();
    holder.die();
    world.time().advance(2);
    assertThat(remover.lastResult()).isZero();
    assertThat(world.leader(1).isFree()).isFalse();
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void aLeaseLeftOnDiskCanBeTakenInTheNextMembership() {
    VirtualClient holder = daemon.registered(7).acquire(0, VirtualClient.resource(1));
    world.time().settle();
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(1);
    holder.die();
    world.time().advance(2);

    daemon.join(1, 1);
    VirtualClient next = daemon.registered(9).acquire(0, VirtualClient.resource(1));
    world.time().advance(1);

    assertThat(next.lastResult()).isZero();
    assertThat(next.inquire()).isEqualTo("LS:r1:/disk:1048576:2");
  }

  @Test
  void whileItIsBeingKilledItIsStillActiveAndRenewedAndASecondRemovalWaitsToo() {
    VirtualClient holder = daemon.registered(7).acquire(0, VirtualClient.resource(1));
    VirtualClient first = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(5);
    long renewed = world.delta(1).timestamp();
    VirtualClient second = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    VirtualClient asking = daemon.client().standard(Command.INQ_LOCKSPACE, 0);

    assertThat(asking.lastResult()).isZero();
    assertThat(first.replies() + second.replies()).isZero();
    world.time().advance(5);
    assertThat(world.delta(1).timestamp()).isGreaterThan(renewed);
    holder.die();
    world.time().advance(2);
    assertThat(first.lastResult()).isZero();
    assertThat(second.lastResult()).isZero();
  }

  @Test
  void oneThatIsEndingIsInProgress() {
    world.disks().file(DISK).writes(Fault.HANG);
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(1.1);

    VirtualClient second = daemon.client().standard(Command.REM_LOCKSPACE, 0);

    assertThat(second.lastResult()).isEqualTo(EINPROGRESS);
  }

  @Test
  void nothingNewIsTakenInALockspaceThatIsBeingRemoved() {
    VirtualClient holder = daemon.registered(7).acquire(0, VirtualClient.resource(1));
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(1.1);

    VirtualClient late = daemon.registered(8).acquire(0, VirtualClient.resource(2));

    assertThat(late.lastResult()).isEqualTo(ENOSPC);
    assertThat(holder.process().signals()).isNotEmpty();
  }

  /** Two acquires read and write 16 times; each transfer hangs once. */
  static IntStream transfers() {
    return IntStream.range(0, 16);
  }

  @ParameterizedTest
  @MethodSource("transfers")
  void anAcquireUnderWayIsTakenBackWithoutTouchingTheDiskAgain(int ioNumber) {
    world.time().advance(1);
    world.disks().file(DISK).hangAfter(ioNumber);
    VirtualClient client = daemon.registered(7);
    client.acquire(0, VirtualClient.resource(1), VirtualClient.resource(2));
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(2.5);

    assertThat(client.lastResult()).isEqualTo(ENOSPC);
    assertThat(client.replies()).isEqualTo(1);
    assertThat(client.process().signals()).isEmpty();
    int writes = world.disks().file(DISK).writeCount();
    world.disks().file(DISK).heal();
    world.time().advance(4);
    // The write that hung, and the release of the host_id.
    assertThat(world.disks().file(DISK).writeCount() - writes).isLessThanOrEqualTo(2);
    assertThat(daemon.resources().uses(VirtualClient.resource(1).lockspaceName())).isFalse();
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.disks().openDisks()).isZero();
  }

  @Test
  void aLeaseOfTheFormerMembershipIsNotJoined() {
    world.disks().create("/slow", 2 * World.MIB);
    world.formatLockspace("/slow", 0, "L2", 10);
    world.formatResource("/slow", World.MIB, "L2", "x");
    daemon.client().add("L2", 1, "/slow", 0, 10);
    world.time().advance(25);
    Resource shared = VirtualClient.resource(1).withFlags(ResourceFlags.SHARED);
    VirtualClient holder = daemon.registered(7).acquire(0, shared);
    world.time().settle();
    // A request for the process hangs longer than the removal and the next join take.
    world.disks().file("/slow").hang();
    Resource slow =
        Resource.on(LeaseName.of("L2"), LeaseName.of("x"), List.of(new Disk("/slow", World.MIB)));
    VirtualClient other = daemon.client().acquireFor(7, 0, slow);
    holder.die();
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(2.5);
    VirtualClient adder = daemon.client().add("LS", 1, DISK, 0, 1);
    world.time().advance(4);
    assertThat(adder.lastResult()).isZero();
    assertThat(other.replies()).isZero();

    VirtualClient next = daemon.registered(8).acquire(0, shared);
    assertThat(next.lastResult()).isEqualTo(EAGAIN);
    world.disks().file("/slow").heal();
    world.time().advance(2);
    next.acquire(0, shared);
    world.time().advance(2);

    assertThat(other.lastResult()).isNegative();
    assertThat(next.lastResult()).isZero();
  }

  @Test
  void aProcessRestrictedFromKillGetsTermInstead() {
    VirtualClient holder = daemon.registered(7);
    holder.send(Command.RESTRICT, CommandFlags.RESTRICT_SIGKILL, 0);
    holder.acquire(0, VirtualClient.resource(1));
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(1.1);

    assertThat(holder.process().signals()).isNotEmpty().containsOnly(Signals.TERM);
  }

  @Test
  void aProcessRestrictedFromBothIsKilledAllTheSame() {
    VirtualClient holder = daemon.registered(7);
    holder.send(Command.RESTRICT, CommandFlags.RESTRICT_SIGKILL | CommandFlags.RESTRICT_SIGTERM, 0);
    holder.acquire(0, VirtualClient.resource(1));
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(1.1);

    assertThat(holder.process().signals()).isNotEmpty().containsOnly(Signals.KILL);
  }

  @Test
  void aProcessThatGivesEverythingBackWhileBeingKilledSurvives() {
    VirtualClient holder = daemon.registered(7).acquire(0, VirtualClient.resource(1));
    VirtualClient remover = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(1.1);
    int signals = holder.process().signals().size();

    daemon.client().releaseFor(7, CommandFlags.RELEASE_ALL);
    world.time().advance(3);

    assertThat(remover.lastResult()).isZero();
    assertThat(holder.process().signals()).hasSize(signals);
    assertThat(holder.inquire()).isEmpty();
    daemon.join(1, 1);
    holder.acquire(0, VirtualClient.resource(1));
    world.time().advance(1);
    assertThat(holder.lastResult()).isZero();
  }

  @Test
  void orphansAreForgottenWithTheLockspace() {
    Resource persistent = VirtualClient.resource(1).withFlags(ResourceFlags.PERSISTENT);
    daemon.registered(7).acquire(0, persistent).die();
    world.time().settle();

    VirtualClient remover = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(2);

    assertThat(remover.lastResult()).isZero();
    assertThat(daemon.resources().uses(persistent.lockspaceName())).isFalse();
    assertThat(world.leader(1).isFree()).isFalse();
  }
}
