package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.Reply;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SHUTDOWN, SHUTDOWN_WAIT and termination signals (protocol.md 8.4, 8.29; recovery.md 10). */
class ShutdownTest {
  private static final int EBUSY = -16;
  private static final int FORCE = 1;

  private final World world = new World().format(1);
  private final VirtualDaemon daemon = world.daemon("a");

  @AfterEach
  void endWorld() {
    world.close();
  }

  @Test
  void withoutLockspacesTheDaemonEndsWithinASecondAndSaysNothing() {
    VirtualClient client = daemon.client().send(Command.SHUTDOWN, 0, 0);
    assertThat(client.closed()).isTrue();
    assertThat(client.replies()).isZero();

    world.time().advance(1.1);

    assertThat(daemon.ended()).isTrue();
  }

  @Test
  void withALockspaceShutdownIsIgnoredWithoutAWord() {
    daemon.join(1, 1);
    VirtualClient client = daemon.client().send(Command.SHUTDOWN, 0, 0);
    world.time().advance(3);

    assertThat(client.replies()).isZero();
    assertThat(client.closed()).isTrue();
    assertThat(daemon.ended()).isFalse();
    assertThat(daemon.log().lines()).contains("ignore shutdown, lockspace exists");
  }

  @Test
  void aSignalEndsTheDaemonOnlyWithoutLockspaces() {
    daemon.join(1, 1);
    daemon.terminate();
    world.time().advance(3);
    assertThat(daemon.ended()).isFalse();

    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(3);
    // The signal was forgotten.
    assertThat(daemon.ended()).isFalse();
    daemon.terminate();
    world.time().advance(1.1);
    assertThat(daemon.ended()).isTrue();
  }

  @Test
  void whoWaitsGetsABareHeaderWhenTheDaemonEnds() {
    VirtualClient client = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0);
    VirtualClient second = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0);
    assertThat(client.replies()).isZero();

    world.time().advance(1.1);

    assertThat(daemon.ended()).isTrue();
    Reply reply = client.connection().lastReply();
    assertThat(reply.header().command()).isZero();
    assertThat(reply.header().length()).isEqualTo(32);
    assertThat(reply.result()).isZero();
    assertThat(client.closed()).isTrue();
    assertThat(second.lastResult()).isZero();
  }

  @Test
  void waitingIsRefusedWhileALockspaceIsInAnyPhase() {
    daemon.client().add("LS", 1, DISK, 0, 1);
    assertThat(daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0).lastResult()).isEqualTo(EBUSY);
    world.time().advance(4);
    assertThat(daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0).lastResult()).isEqualTo(EBUSY);
    world.disks().file(DISK).writes(Fault.HANG);
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(1.2);
    assertThat(daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0).lastResult()).isEqualTo(EBUSY);
    assertThat(daemon.ended()).isFalse();
  }

  @Test
  void everybodyWhoWaitsIsToldWhenALockspaceComesBetween() {
    VirtualClient first = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0);
    VirtualClient second = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0);
    daemon.client().add("LS", 1, DISK, 0, 1);

    world.time().advance(1.1);

    assertThat(first.lastResult()).isEqualTo(EBUSY);
    assertThat(second.lastResult()).isEqualTo(EBUSY);
    assertThat(daemon.ended()).isFalse();
  }

  @Test
  void aRequestWaitingBehindOneThatWaitsForTheEndIsServedInTurn() {
    VirtualClient client = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0);
    client.send(Command.SHUTDOWN_WAIT, 0, FORCE);
    VirtualClient other = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0);
    daemon.client().add("LS", 1, DISK, 0, 1);

    world.time().advance(1.1);
    assertThat(client.connection().replies()).extracting(Reply::result).containsExactly(EBUSY);
    assertThat(other.lastResult()).isEqualTo(EBUSY);
    world.time().advance(3);

    assertThat(daemon.ended()).isTrue();
    assertThat(client.connection().replies()).extracting(Reply::result).containsExactly(EBUSY, 0);
  }

  @Test
  void aForcedShutdownKillsReleasesTheHostIdsAndEnds() {
    daemon.join(1, 1);
    VirtualClient holder = daemon.registered(7).acquire(0, resource(1));
    VirtualClient client = daemon.client().send(Command.SHUTDOWN_WAIT, 0, FORCE);
    world.time().advance(1.1);
    assertThat(holder.process().signals()).startsWith(Signals.KILL);
    assertThat(daemon.ended()).isFalse();

    holder.die();
    world.time().advance(3);

    assertThat(daemon.ended()).isTrue();
    assertThat(client.lastResult()).isZero();
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void aForcedShutdownIsNotTakenBackByASignalOrARequest() {
    daemon.join(1, 1);
    VirtualClient holder = daemon.registered(7).acquire(0, resource(1));
    VirtualClient client = daemon.client().send(Command.SHUTDOWN_WAIT, 0, FORCE);
    world.time().advance(0.2);
    daemon.terminate();
    daemon.client().send(Command.SHUTDOWN, 0, 0);
    world.time().advance(2);
    assertThat(client.replies()).isZero();

    holder.die();
    world.time().advance(3);

    assertThat(daemon.ended()).isTrue();
    assertThat(client.lastResult()).isZero();
  }

  @Test
  void aForcedShutdownAbortsWhatIsBeingAddedAndRefusesMore() {
    VirtualClient adding = daemon.client().add("LS", 1, DISK, 0, 5);
    daemon.client().send(Command.SHUTDOWN, 0, FORCE);

    assertThat(daemon.client().add("L2", 1, "/other", 0, 1).lastResult()).isEqualTo(-1);
    world.time().advance(3);

    assertThat(adding.lastResult()).isEqualTo(-201);
    assertThat(daemon.ended()).isTrue();
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void aRequestThatIsBeingServedByAWorkerEndsFirst() {
    world.disks().file(DISK).hang();
    VirtualClient reader =
        daemon
            .client()
            .send(Command.READ_RESOURCE, 0, 0, 0, payload -> resource(1).encode(payload));
    VirtualClient waiter = daemon.client().send(Command.SHUTDOWN_WAIT, 0, 0);
    world.time().advance(3);
    assertThat(daemon.ended()).isFalse();

    world.disks().file(DISK).heal();
    world.time().advance(1.1);

    assertThat(reader.lastResult()).isZero();
    assertThat(waiter.lastResult()).isZero();
    assertThat(daemon.ended()).isTrue();
  }
}
