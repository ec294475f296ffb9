package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
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
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** REGISTER, and the end of registered processes (protocol.md 6.5, 8.1; recovery.md 7). */
class ClientDeathTest {
  private static final int ESRCH = -3;
  private static final int EBUSY = -16;
  private static final int ENOTTY = -25;
  private static final int IO_TIMEOUT = 1;
  private static final LeaseName SPACE = LeaseName.of("LS");

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);
  private final int openDisks = world.disks().openDisks();

  @AfterEach
  void endWorld() {
    world.close();
  }

  private void assertNothingLeft() {
    assertThat(daemon.resources().uses(SPACE)).isFalse();
    assertThat(daemon.clients().departed()).isEmpty();
    assertThat(daemon.processes().held()).isZero();
    assertThat(world.disks().openDisks()).isEqualTo(openDisks);
    assertThat(daemon.workers().idle()).isTrue();
  }

  @Test
  void theLeasesOfADeadProcessAreReleased() {
    VirtualClient client = daemon.registered(7).acquire(0, resource(1), resource(2));

    client.die();
    world.time().advance(0.1);

    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertNothingLeft();
  }

  @Test
  void theReleaseOfADeadProcessThatTimesOutIsRepeated() {
    VirtualClient client = daemon.registered(7).acquire(0, resource(1));
    world.disks().file(DISK).writes(Fault.HANG);
    client.die();
    world.time().advance(4);
    assertThat(daemon.resources().in(State.REM)).hasSize(1);

    world.disks().file(DISK).heal();
    world.time().advance(4);

    assertThat(world.leader(1).isFree()).isTrue();
    assertNothingLeft();
  }

  @Test
  void aPersistentLeaseBecomesAnOrphan() {
    VirtualClient client =
        daemon.registered(7).acquire(0, resource(1).withFlags(ResourceFlags.PERSISTENT));

    client.die();
    world.time().advance(1);

    assertThat(daemon.resources().in(State.ORPHAN)).hasSize(1);
    assertThat(world.leader(1).isFree()).isFalse();
    assertThat(daemon.processes().held()).isZero();
  }

  @Test
  void aPersistentLeaseBecomesAnOrphanAlsoWhenARequestRunsForTheProcess() {
    VirtualClient client =
        daemon.registered(7).acquire(0, resource(1).withFlags(ResourceFlags.PERSISTENT));
    world.disks().file(DISK).reads(Fault.HANG);
    daemon.client().acquireFor(7, 0, resource(2));

    client.die();
    world.disks().file(DISK).heal();
    world.time().advance(2);

    assertThat(daemon.resources().in(State.ORPHAN)).hasSize(1);
    assertThat(world.leader(2).isFree()).isTrue();
  }

  /** Two acquires read and write 16 times; each transfer hangs once. */
  static IntStream transfers() {
    return IntStream.range(0, 16);
  }

  @ParameterizedTest
  @MethodSource("transfers")
  void deathInAnyPhaseOfItsOwnAcquireReleasesEverything(int ioNumber) {
    VirtualClient client = daemon.registered(7).acquire(0, resource(5));
    world.disks().file(DISK).hangAfter(ioNumber);
    client.acquire(0, resource(1), resource(2));

    client.die();
    world.disks().file(DISK).heal();
    world.time().advance(3);

    assertThat(client.closed()).isTrue();
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(world.leader(5).isFree()).isTrue();
    assertNothingLeft();
  }

  @ParameterizedTest
  @MethodSource("transfers")
  void deathInAnyPhaseOfAnAcquireForItReleasesEverythingAndTellsWhoAsked(int ioNumber) {
    VirtualClient client = daemon.registered(7).acquire(0, resource(5));
    world.disks().file(DISK).hangAfter(ioNumber);
    VirtualClient other = daemon.client().acquireFor(7, 0, resource(1), resource(2));

    client.die();
    world.disks().file(DISK).heal();
    world.time().advance(3);

    assertThat(other.replies()).isEqualTo(1);
    assertThat(other.lastResult()).isEqualTo(ENOTTY);
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(world.leader(5).isFree()).isTrue();
    assertNothingLeft();
  }

  /** The news of the death arrives just before the result of the transfer or of the whole. */
  @ParameterizedTest
  @MethodSource("transfers")
  void deathWhileAnyTransferIsUnderWayReleasesEverything(int ioNumber) {
    VirtualClient client = daemon.registered(7).acquire(0, resource(5));
    world.disks().file(DISK).atTransfer(ioNumber, () -> world.time().execute(client::die));
    VirtualClient other = daemon.client().acquireFor(7, 0, resource(1), resource(2));
    world.time().advance(3);

    assertThat(client.closed()).isTrue();
    assertThat(other.replies()).isEqualTo(1);
    assertThat(other.lastResult()).isEqualTo(ENOTTY);
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(world.leader(5).isFree()).isTrue();
    assertNothingLeft();
  }

  @ParameterizedTest
  @MethodSource("transfers")
  void whoAskedIsToldOnceAlsoWhenTheStorageHangsForLong(int ioNumber) {
    VirtualClient client = daemon.registered(7).acquire(0, resource(5));
    world.disks().file(DISK).hangAfter(ioNumber);
    VirtualClient other = daemon.client().acquireFor(7, 0, resource(1), resource(2));
    world.time().advance(0.5);

    client.die();
    world.time().advance(5);
    assertThat(other.replies()).isEqualTo(1);
    assertThat(other.lastResult()).isNegative();
    world.disks().file(DISK).heal();
    world.time().advance(8);

    assertThat(other.replies()).isEqualTo(1);
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
    assertThat(world.leader(5).isFree()).isTrue();
    assertNothingLeft();
  }

  @ParameterizedTest
  @MethodSource("transfers")
  void aLeaseThatAnotherHostWantsIsFreeOnceItsProcessHasDiedInAnyPhase(int ioNumber) {
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient client = daemon.registered(7);
    world.disks().file(DISK).hangAfter(ioNumber);
    client.acquire(0, resource(1));
    client.die();
    world.disks().file(DISK).heal();
    world.time().advance(3);

    VirtualClient other = second.registered(8).acquire(0, resource(1));
    world.time().advance(2);

    assertThat(other.lastResult()).isZero();
  }

  @Test
  void aSecondRegisterKeepsTheLeases() {
    VirtualClient client = daemon.registered(7).acquire(0, resource(1));

    client.register();

    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
    assertThat(daemon.processes().held()).isEqualTo(1);
    client.die();
    world.time().advance(1);
    assertThat(world.leader(1).isFree()).isTrue();
    assertNothingLeft();
  }

  @Test
  void registerHasNoReply() {
    VirtualClient client = daemon.client(7).register();

    assertThat(client.replies()).isZero();
    assertThat(client.connection().silentEnds()).isEqualTo(1);
    assertThat(client.connection().registered()).isTrue();
  }

  @Test
  void aProcessThatIsNotVisibleHereIsNotRegistered() {
    VirtualClient client = daemon.client(0).register();

    assertThat(client.closed()).isTrue();
    assertThat(daemon.clients().all()).isEmpty();
  }

  @Test
  void aProcessThatCouldNotBeStoppedIsNotRegistered() {
    daemon.processes().makeUnreachable();

    VirtualClient client = daemon.client(7).register();

    assertThat(client.closed()).isTrue();
    assertThat(daemon.clients().byPid(7)).isEmpty();
  }

  @Test
  void aProcessRegisteredTwiceIsFoundByItsFirstConnection() {
    VirtualClient first = daemon.registered(7);
    VirtualClient second = daemon.registered(7);

    daemon.client().acquireFor(7, 0, resource(1));

    assertThat(first.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
    assertThat(second.inquire()).isEmpty();
    first.disconnect();
    world.time().advance(1);
    assertThat(daemon.client().acquireFor(7, 0, resource(1)).lastResult()).isZero();
    assertThat(second.inquire()).isEqualTo("LS:r1:/disk:1048576:2");
  }

  @Test
  void aDeadProcessIsUnknownAtOnceThoughARequestStillRunsForIt() {
    VirtualClient client = daemon.registered(7);
    world.disks().file(DISK).reads(Fault.HANG);
    daemon.client().acquireFor(7, 0, resource(1));

    client.die();

    assertThat(daemon.client().acquireFor(7, 0, resource(2)).lastResult()).isEqualTo(ESRCH);
  }

  @Test
  void aConnectionThatIsNotRegisteredHasNoLeasesAndLeavesNothing() {
    VirtualClient client = daemon.client();
    client.send(Command.VERSION, 0, 0);
    client.disconnect();

    assertThat(daemon.clients().all()).isEmpty();
    assertThat(daemon.client().releaseAll().lastResult()).isEqualTo(EBUSY);
  }

  @Test
  void anOrphanOfADeadProcessIsAdoptedBySomebodyElse() {
    Resource persistent = resource(1).withFlags(ResourceFlags.PERSISTENT);
    daemon.registered(7).acquire(0, persistent).die();

    VirtualClient next = daemon.registered(8).acquire(CommandFlags.ACQUIRE_ORPHAN, persistent);
    assertThat(next.lastResult()).isZero();
    next.die();
    world.time().advance(1);

    assertThat(daemon.resources().in(State.ORPHAN)).hasSize(1);
  }
}
