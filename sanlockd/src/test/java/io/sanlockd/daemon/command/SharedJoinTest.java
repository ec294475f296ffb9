package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.VirtualClient.shared;
import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shared leases on several hosts and processes (paxos-lease.md 7, 16). */
class SharedJoinTest {
  private static final int EAGAIN = -11;
  private static final int HELD = -243;
  private static final int SHRETRY = -246;
  private static final int IO_TIMEOUT = 2;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon first = world.daemon("a").join(1, IO_TIMEOUT);
  private final VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  /** Two joins read and write some twenty times. */
  static IntStream transfers() {
    return IntStream.range(0, 20);
  }

  @ParameterizedTest
  @MethodSource("transfers")
  void upstreamDefectOneOfTwoHostsThatJoinAtOnceFails(int stopAfter) {
    world.disks().file(DISK).hangAfter(stopAfter);
    VirtualClient here = first.registered(7).acquire(0, shared(1));
    VirtualClient there = second.registered(8).acquire(0, shared(1));
    // Both have come as far as they could when the storage goes on.
    world.time().advance(0.1);
    world.disks().file(DISK).heal();
    world.time().advance(20);

    assertThat(here.lastResult()).isZero();
    assertThat(there.lastResult()).isZero();
    VirtualClient exclusive = first.registered(9).acquire(0, resource(1));
    assertThat(exclusive.lastResult()).isEqualTo(-17);
    here.releaseAll();
    exclusive.acquire(0, resource(1));
    world.time().advance(3);
    assertThat(exclusive.lastResult()).isEqualTo(EAGAIN);
    there.releaseAll();
    exclusive.acquire(0, resource(1));
    world.time().advance(3);
    assertThat(exclusive.lastResult()).isZero();
  }

  /** Most joins are over in milliseconds: who waits a second each time lets the others win. */
  @Test
  void whoMeetsAHostThatIsJoiningLooksAgainSoon() {
    second.registered(8).acquire(0, resource(1));
    world.time().advance(1);
    world.shortHold(1, true);
    VirtualClient sharer = first.registered(7).acquire(0, shared(1));
    world.time().advance(0.1);
    assertThat(sharer.replies()).isZero();
    world.shortHold(1, false);
    world.time().advance(0.2);

    assertThat(sharer.lastResult()).isEqualTo(HELD);
  }

  /** Eight waits that double from 31 ms to a second, the middle between none and the longest. */
  @Test
  void whoMeetsItForSecondsGivesUp() {
    second.registered(8).acquire(0, resource(1));
    world.time().advance(1);
    world.shortHold(1, true);
    VirtualClient sharer = first.registered(7).acquire(0, shared(1));
    world.time().advance(3.8);
    assertThat(sharer.replies()).isZero();
    world.time().advance(0.4);

    assertThat(sharer.lastResult()).isEqualTo(SHRETRY);
  }

  @Test
  void theLastLocalSharerGivesTheLeaseBack() {
    VirtualClient one = first.registered(7).acquire(0, shared(1));
    VirtualClient two = first.registered(8).acquire(0, shared(1));
    VirtualClient other = second.registered(9);
    one.die();
    world.time().advance(1);
    other.acquire(0, resource(1));
    world.time().advance(3);
    assertThat(other.lastResult()).isEqualTo(EAGAIN);

    two.die();
    world.time().advance(1);
    other.acquire(0, resource(1));
    world.time().advance(3);
    assertThat(other.lastResult()).isZero();
  }
}
