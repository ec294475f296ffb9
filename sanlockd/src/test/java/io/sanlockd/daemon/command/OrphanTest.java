package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.resource.Resource.State;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Persistent leases, orphans and their adoption (paxos-lease.md 16, 19). */
class OrphanTest {
  private static final int ENOENT = -2;
  private static final int EBUSY = -16;
  private static final int EUCLEAN = -117;
  private static final int IO_TIMEOUT = 1;
  private static final byte[] VALUE = {5, 0, 0, 0, 0, 0, 0, 0};

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private static Resource persistent(int number) {
    return resource(number).withFlags(ResourceFlags.PERSISTENT);
  }

  private static Resource shared(int number, int flags) {
    return resource(number).withFlags(ResourceFlags.SHARED | flags);
  }

  private VirtualClient acquire(int pid, int flags, Resource... resources) {
    VirtualClient client = daemon.registered(pid).acquire(flags, resources);
    world.time().advance(1);
    return client;
  }

  @Test
  void anAdoptedLeaseIsWhatItWas() {
    VirtualClient owner =
        acquire(7, CommandFlags.ACQUIRE_LVB, persistent(1), persistent(2), persistent(3));
    owner.setValue(resource(3), VALUE);
    long writes = world.leader(1).writeTimestamp();
    owner.die();
    assertThat(daemon.resources().in(State.ORPHAN)).extracting(r -> r.ownerPid()).containsOnly(7);

    VirtualClient adopter = daemon.registered(8);
    assertThat(adopter.acquire(0, resource(1)).lastResult()).isEqualTo(EUCLEAN);
    int only = CommandFlags.ACQUIRE_ORPHAN_ONLY;
    assertThat(adopter.acquire(only, shared(1, 0)).lastResult()).isEqualTo(EUCLEAN);
    adopter.acquire(only, persistent(1), persistent(2), persistent(3));
    assertThat(adopter.lastResult()).isZero();

    assertThat(adopter.inquire())
        .isEqualTo("LS:r1:/disk:1048576:1 LS:r2:/disk:2097152:1 LS:r3:/disk:3145728:1");
    assertThat(daemon.resources().in(State.HELD)).extracting(r -> r.ownerPid()).containsOnly(8);
    assertThat(adopter.value(resource(3), 8)).isEqualTo(VALUE);
    assertThat(world.leader(1).writeTimestamp()).isEqualTo(writes);
    assertThat(adopter.releaseAll().lastResult()).isZero();
    assertThat(world.leader(3).isFree()).isTrue();
  }

  @Test
  void upstreamDefectOrphanOnlyWithoutLvbAcquires() {
    assertThat(acquire(7, CommandFlags.ACQUIRE_ORPHAN_ONLY, resource(1)).lastResult())
        .isEqualTo(ENOENT);
    int withValue = CommandFlags.ACQUIRE_ORPHAN_ONLY | CommandFlags.ACQUIRE_LVB;
    assertThat(acquire(8, withValue, resource(1)).lastResult()).isEqualTo(ENOENT);
    assertThat(world.leader(1).lver()).isZero();
    assertThat(acquire(9, CommandFlags.ACQUIRE_ORPHAN, resource(1)).lastResult()).isZero();
  }

  @Test
  void aSharedLeaseIsAnOrphanWhenItsLastHolderSaidSo() {
    VirtualClient first = acquire(7, 0, shared(1, ResourceFlags.PERSISTENT));
    VirtualClient last = acquire(8, 0, shared(1, 0));
    first.die();
    last.die();
    world.time().advance(1);
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();

    VirtualClient plain = acquire(7, 0, shared(1, 0));
    VirtualClient persistent = acquire(8, 0, shared(1, ResourceFlags.PERSISTENT));
    plain.die();
    persistent.die();
    world.time().advance(1);
    assertThat(daemon.resources().in(State.ORPHAN)).hasSize(1);
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient refused = other.registered(9).acquire(0, resource(1));
    world.time().advance(2);
    assertThat(refused.lastResult()).isEqualTo(-11);
    assertThat(acquire(10, CommandFlags.ACQUIRE_ORPHAN, shared(1, 0)).inquire()).endsWith(":SH");
  }

  @Test
  void releaseOfOrphansCountsThemAndNeedsARegisteredTarget() {
    acquire(7, 0, persistent(1), persistent(2)).die();
    VirtualClient stranger = daemon.client();
    stranger.release(CommandFlags.RELEASE_ORPHAN, resource(1));
    assertThat(stranger.lastResult()).isEqualTo(EBUSY);
    assertThat(daemon.resources().in(State.ORPHAN)).hasSize(2);

    VirtualClient registered = daemon.registered(8);
    registered.release(CommandFlags.RELEASE_ORPHAN, resource(5));
    assertThat(registered.lastResult()).isZero();
    registered.release(
        CommandFlags.RELEASE_ORPHAN, Resource.named(LeaseName.of("LS"), LeaseName.EMPTY));
    assertThat(registered.lastResult()).isEqualTo(2);
    world.time().advance(1);
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(world.leader(2).isFree()).isTrue();
  }

  @Test
  void anExplicitReleaseOfAPersistentLeaseReleasesIt() {
    VirtualClient owner = acquire(7, 0, persistent(1));

    assertThat(owner.release(0, resource(1)).lastResult()).isZero();

    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(daemon.resources().in(State.ORPHAN)).isEmpty();
  }

  @Test
  void orphansAreForgottenWithoutDiskAccessWhenTheLockspaceEnds() {
    acquire(7, 0, persistent(1)).die();
    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(3);

    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
    assertThat(world.leader(1).isFree()).isFalse();
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient next = other.registered(9).acquire(0, resource(1));
    world.time().advance(3);
    assertThat(next.lastResult()).isZero();
  }
}
