package io.sanlockd.daemon.recovery;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.VirtualWdmd;
import io.sanlockd.daemon.world.World;
import io.sanlockd.protocol.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A daemon that was stopped, and a host that was suspended (recovery.md 13, timeouts.md 7). */
class PauseTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int DEAD_SECONDS = FAIL_SECONDS + 60;
  private static final int ENOSPC = -28;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualWdmd wdmd = new VirtualWdmd(world.time(), 10, 60);
  private final VirtualDaemon daemon = world.daemon("a", wdmd).join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private Lockspace lockspace() {
    return daemon.lockspaces().in(Lockspace.Phase.ACTIVE).get(0);
  }

  @Test
  void aPauseOfTheDaemonIsLogged() {
    world.time().advance(0.3);
    world.time().pause(3.5);
    world.time().advance(1);
    assertThat(daemon.log().matching("paused: supervision comes [23]\\d\\d\\d ms late")).hasSize(1);
    assertThat(daemon.log().matching("this host was suspended.*")).isEmpty();
    world.time().advance(60);
    assertThat(daemon.log().matching("paused.*")).hasSize(1);
  }

  @Test
  void afterAPauseLongerThanTheLeaseNothingNewIsGrantedAndProcessesAreStopped() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    VirtualClient other = daemon.registered(8);
    world.disks().file(DISK).hang();
    world.time().pause(FAIL_SECONDS);
    // This request is served before supervision has had its turn.
    assertThat(other.acquire(0, VirtualClient.resource(2)).lastResult()).isEqualTo(ENOSPC);
    world.time().advance(0.1);
    assertThat(holder.process().signals()).isNotEmpty();
  }

  @Test
  void aShortSuspendPutsEverythingNewOffUntilARenewal() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    VirtualClient other = daemon.registered(8);
    world.disks().file(DISK).hang();
    world.time().suspend(IO_TIMEOUT + 0.5);

    assertThat(other.acquire(0, VirtualClient.resource(2)).lastResult()).isEqualTo(ENOSPC);
    assertThat(holder.process().signals()).isEmpty();
    world.time().advance(1.1);
    assertThat(daemon.log().matching("this host was suspended for 2 s.*")).hasSize(1);
    world.disks().file(DISK).heal();
    // It does not wait for the usual time of the next renewal.
    world.time().advance(1.1);

    assertThat(other.acquire(0, VirtualClient.resource(2)).lastResult()).isZero();
    assertThat(lockspace().killing()).isEqualTo(Lockspace.Killing.NO);
  }

  @Test
  void aSuspendOfLessThanAnIoTimeoutChangesNothing() {
    VirtualClient other = daemon.registered(8);
    world.disks().file(DISK).reads(Fault.NONE);
    world.time().suspend(IO_TIMEOUT - 0.1);
    assertThat(other.acquire(0, VirtualClient.resource(2)).lastResult()).isZero();
  }

  @Test
  void aSuspendOfEightIoTimeoutsIsALostLease() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    world.disks().file(DISK).hang();
    world.time().suspend(FAIL_SECONDS);
    world.time().advance(1.1);

    assertThat(holder.process().signals()).isNotEmpty();
    assertThat(daemon.log().matching("s1 check_our_lease failed 1[6-9]")).hasSize(1);
  }

  @Test
  void aSuspendBetweenTheReadAndTheWriteOfARenewalPreventsTheWrite() {
    world.time().advance(1);
    int writes = world.disks().file(DISK).writeCount();
    world.disks().file(DISK).atTransfer(0, () -> world.time().suspend(10));
    while (daemon.log().matching("s1 delta_renew read is too old.*").isEmpty()) {
      world.time().advance(0.1);
    }
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    world.time().advance(2);
    assertThat(world.disks().file(DISK).writeCount()).isGreaterThan(writes);
    assertThat(lockspace().killing()).isEqualTo(Lockspace.Killing.NO);
  }

  @Test
  void afterASuspendInWhichOthersMayHaveTakenTheHostIdItIsNeverWrittenAgain() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    world.time().advance(1);
    int writes = world.disks().file(DISK).writeCount();
    world.disks().file(DISK).atTransfer(0, () -> world.time().suspend(DEAD_SECONDS));
    world.time().advance(30);
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    assertThat(daemon.log().matching("s1 check_our_lease failed.*")).hasSize(1);
    assertThat(holder.process().signals()).isNotEmpty();
  }

  @Test
  void theWatchdogIsMovedOnByTheTimeBeforeTheWriteThoughThePauseCameAfterIt() {
    world.time().advance(1);
    int before = wdmd.messages().size();
    long[] paused = new long[1];
    wdmd.atNextPromise(
        () -> {
          paused[0] = world.time().seconds();
          world.time().pause(10);
        });
    while (wdmd.messages().size() == before) {
      world.time().advance(0.5);
    }
    String[] promise = wdmd.messages().get(before).split(" ", -1);
    assertThat(Long.parseLong(promise[1])).isEqualTo(paused[0]);
    assertThat(Long.parseLong(promise[2])).isEqualTo(paused[0] + FAIL_SECONDS);
  }

  @Test
  void afterAPauseTheHostIdIsNotGivenBack() {
    world.time().advance(1);
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().suspend(FAIL_SECONDS + 1);
    world.time().advance(3);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.delta(1).isFree()).isFalse();
    assertThat(daemon.log().matching("s1 delta_release lease expired.*")).hasSize(1);
  }
}
