package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.VirtualClient.shared;
import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.resource.Resource.State;
import io.sanlockd.daemon.status.StateText;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** CONVERT (protocol.md 8.27; paxos-lease.md 20). */
class ConvertTest {
  private static final int ENOENT = -2;
  private static final int EAGAIN = -11;
  private static final int EBUSY = -16;
  private static final int EEXIST = -17;
  private static final int ENOSPC = -28;
  private static final int ENOTCONN = -107;
  private static final int EALREADY = -114;
  private static final int IO_TIMEOUT = 1;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private int convert(VirtualClient client, Resource resource) {
    client.convert(0, resource);
    world.time().advance(3);
    return client.lastResult();
  }

  @Test
  void backAndForth() {
    VirtualClient client = daemon.holder(7, resource(1));

    assertThat(client.acquire(0, resource(1)).lastResult()).isEqualTo(EEXIST);
    assertThat(convert(client, shared(1))).isZero();
    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:SH");
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(convert(client, shared(1))).isEqualTo(EALREADY);
    assertThat(convert(client, resource(1))).isZero();
    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:2");
    assertThat(world.leader(1).isFree()).isFalse();
    assertThat(convert(client, resource(1))).isEqualTo(EALREADY);
    assertThat(client.releaseAll().lastResult()).isZero();
    assertThat(world.leader(1).isFree()).isTrue();
  }

  @Test
  void onlyWhatTheTargetHoldsCanBeConverted() {
    daemon.holder(7, resource(1));
    VirtualClient other = daemon.registered(8);

    assertThat(convert(other, shared(1))).isEqualTo(ENOENT);
    assertThat(convert(other, shared(2))).isEqualTo(ENOENT);
    assertThat(convert(daemon.client(), shared(1))).isEqualTo(EBUSY);
  }

  @Test
  void sharersOnOtherHostsKeepItShared() {
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient here = daemon.holder(7, shared(1));
    VirtualClient there = second.holder(8, shared(1));

    assertThat(convert(there, resource(1))).isEqualTo(EAGAIN);
    assertThat(convert(here, resource(1))).isEqualTo(EAGAIN);
    assertThat(here.inquire()).endsWith(":SH");
    assertThat(there.releaseAll().lastResult()).isZero();
    there.acquire(0, resource(1));
    world.time().advance(2);
    assertThat(there.lastResult()).isEqualTo(EAGAIN);
    assertThat(here.releaseAll().lastResult()).isZero();
    there.acquire(0, resource(1));
    world.time().advance(2);
    assertThat(there.lastResult()).isZero();
    here.acquire(0, shared(1));
    world.time().advance(2);
    assertThat(here.lastResult()).isEqualTo(-243);
  }

  @Test
  void upstreamDefectConversionBesideAnotherLocalSharer() {
    VirtualClient first = daemon.holder(7, shared(1));
    VirtualClient second = daemon.holder(8, shared(1));
    int writes = world.disks().file(DISK).writeCount();

    assertThat(first.convert(0, resource(1)).lastResult()).isEqualTo(EAGAIN);

    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    assertThat(second.inquire()).endsWith(":SH");
    assertThat(second.releaseAll().lastResult()).isZero();
    assertThat(convert(first, resource(1))).isZero();
  }

  @Test
  void nobodyJoinsWhileASharedLeaseIsMadeExclusive() {
    VirtualClient client = daemon.holder(7, shared(1));
    world.disks().file(DISK).reads(Fault.HANG);
    client.convert(0, resource(1));
    VirtualClient late = daemon.registered(8).acquire(0, shared(1));

    assertThat(late.lastResult()).isEqualTo(EBUSY);
    world.disks().file(DISK).heal();
    world.time().advance(1);
    assertThat(client.lastResult()).isZero();
    assertThat(late.acquire(0, shared(1)).lastResult()).isEqualTo(EEXIST);
  }

  @Test
  void aConversionThatFailsChangesNothing() {
    VirtualClient exclusive = daemon.holder(7, resource(1));
    VirtualClient sharer = daemon.holder(8, shared(2));
    world.disks().file(DISK).writes(Fault.FAIL);

    assertThat(convert(exclusive, shared(1))).isNegative();
    assertThat(convert(sharer, resource(2))).isNegative();

    assertThat(exclusive.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
    assertThat(sharer.inquire()).isEqualTo("LS:r2:/disk:2097152:SH");
    world.disks().file(DISK).heal();
    assertThat(exclusive.releaseAll().lastResult()).isZero();
    assertThat(sharer.releaseAll().lastResult()).isZero();
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    second.holder(9, resource(1));
    second.holder(10, resource(2));
  }

  @Test
  void aConversionWhoseWritesHangEndsAndTheLeaseCanBeGivenBackLater() {
    VirtualClient client = daemon.holder(7, resource(1));
    world.disks().file(DISK).writes(Fault.HANG);
    client.convert(0, shared(1));
    world.time().advance(3);
    assertThat(client.lastResult()).isEqualTo(-202);

    client.release(0, resource(1));
    world.time().advance(3);
    assertThat(client.lastResult()).isNegative();
    assertThat(client.inquire()).isEmpty();
    assertThat(daemon.resources().in(State.REM)).hasSize(1);
    world.disks().file(DISK).heal();
    world.time().advance(5);

    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    second.holder(9, resource(1));
  }

  /** Commands for the process go on, and its leases are released when it ends. */
  @Test
  void upstreamDefectConvertCutShortLeavesTheProcessBusyForEver() {
    VirtualClient client = daemon.holder(7, resource(1));
    VirtualClient other = daemon.client();

    other.connection().send(MessageHeader.request(Command.CONVERT, 0, 128, 0, 7), new byte[100]);
    assertThat(other.lastResult()).isEqualTo(ENOTCONN);

    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
    client.die();
    world.time().advance(0.1);
    assertThat(world.leader(1).isFree()).isTrue();
  }

  @Test
  void aProcessThatDiesWhileItConvertsLosesTheLease() {
    for (Resource before : new Resource[] {resource(1), shared(1)}) {
      VirtualClient client = daemon.holder(7, before);
      world.disks().file(DISK).reads(Fault.HANG);
      client.convert(0, before.has(ResourceFlags.SHARED) ? resource(1) : shared(1));
      client.die();
      world.disks().file(DISK).heal();
      world.time().advance(5);

      assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
      assertThat(daemon.processes().held()).isZero();
      assertThat(world.leader(1).isFree()).isTrue();
    }
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    second.holder(9, resource(1));
  }

  @Test
  void noConversionInALockspaceThatIsGoing() {
    VirtualClient client = daemon.holder(7, resource(1));
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(1.5);

    assertThat(convert(client, shared(1))).isEqualTo(ENOSPC);
    client.die();
  }

  @Test
  void statusShowsTheModeAndItsOwner() {
    VirtualClient client = daemon.holder(7, resource(1));
    var held = daemon.resources().held(LeaseName.of("LS"), LeaseName.of("r1")).orElseThrow();
    assertThat(StateText.resource(held, 1)).startsWith("list=held flags=0 ");
    assertThat(held.ownerPid()).isEqualTo(7);

    convert(client, shared(1));
    assertThat(StateText.resource(held, 1)).startsWith("list=held flags=1 ");
    assertThat(held.ownerPid()).isZero();
    convert(client, resource(1));
    assertThat(held.ownerPid()).isEqualTo(7);
  }
}
