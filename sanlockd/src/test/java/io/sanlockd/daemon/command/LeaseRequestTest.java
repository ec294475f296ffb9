package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.World.DISK;
import static io.sanlockd.daemon.world.World.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.RequestForce;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** REQUEST and EXAMINE_*: one host asks, the other stops the holder (paxos-lease.md 10, 22). */
class LeaseRequestTest {
  private static final int EINVAL_LVER = -272;
  private static final int REQUEST_LVER = -273;
  private static final int REQUEST_MAGIC = -270;
  private static final int ENOENT = -2;
  private static final int ENOSPC = -28;
  private static final int ERANGE = -34;
  private static final int IO_TIMEOUT = 1;
  private static final int NEXT = CommandFlags.REQUEST_NEXT_LVER;

  /** A renewal of the asking host and one of the holder's. */
  private static final int HEARD_SECONDS = 6;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon asking = world.daemon("a").join(1, IO_TIMEOUT);
  private final VirtualDaemon holding = world.daemon("b").join(2, IO_TIMEOUT);
  private final VirtualClient client = asking.client();

  @AfterEach
  void endWorld() {
    world.close();
  }

  private VirtualClient holder(int pid, Resource... resources) {
    VirtualClient holder = holding.registered(pid).acquire(0, resources);
    world.time().advance(1);
    assertThat(holder.lastResult()).isZero();
    return holder;
  }

  private static void restrict(VirtualClient process, int mask) {
    process.send(Command.RESTRICT, mask, 0);
    assertThat(process.lastResult()).isZero();
  }

  private VirtualClient withKillpath(int pid) {
    VirtualClient process = holding.registered(pid);
    process.send(
        Command.KILLPATH,
        CommandFlags.KILLPATH_PID,
        0,
        MessageHeader.THIS_CONNECTION,
        new Killpath("/bin/stop", "it now")::encode);
    return process;
  }

  @Test
  void forceKillsTheHolderOnTheOtherHost() {
    VirtualClient holder = holder(7, resource(1));
    VirtualClient bystander = holder(8, resource(2));

    assertThat(client.request(NEXT, RequestForce.FORCE, resource(1))).isZero();
    world.time().advance(HEARD_SECONDS);

    assertThat(holder.process().signals()).containsExactly(Signals.KILL);
    assertThat(bystander.process().signals()).isEmpty();
    holder.die();
    VirtualClient next = asking.registered(9).acquire(0, resource(1));
    world.time().advance(2);
    assertThat(next.lastResult()).isZero();
  }

  @Test
  void gracefulSendsSigterm() {
    VirtualClient holder = holder(7, resource(1));

    assertThat(client.request(NEXT, RequestForce.GRACEFUL, resource(1))).isZero();
    world.time().advance(HEARD_SECONDS);

    assertThat(holder.process().signals()).containsExactly(Signals.TERM);
  }

  @Test
  void restrictionsExchangeTheSignalsForLeasesAcquiredAfterThem() {
    VirtualClient noKill = holding.registered(7);
    restrict(noKill, CommandFlags.RESTRICT_SIGKILL);
    noKill.acquire(0, resource(1));
    VirtualClient noTerm = holding.registered(8);
    restrict(noTerm, CommandFlags.RESTRICT_SIGTERM);
    noTerm.acquire(0, resource(2));
    VirtualClient late = holder(9, resource(3));
    restrict(late, CommandFlags.RESTRICT_SIGKILL);

    client.request(NEXT, RequestForce.FORCE, resource(1));
    client.request(NEXT, RequestForce.GRACEFUL, resource(2));
    client.request(NEXT, RequestForce.FORCE, resource(3));
    world.time().advance(HEARD_SECONDS);

    assertThat(noKill.process().signals()).containsExactly(Signals.TERM);
    assertThat(noTerm.process().signals()).containsExactly(Signals.KILL);
    assertThat(late.process().signals()).containsExactly(Signals.KILL);
  }

  @Test
  void gracefulRunsTheKillpathOfTheAcquireWithItsArgumentsOnly() {
    VirtualClient holder = withKillpath(7).acquire(0, resource(1));
    VirtualClient late = holder(8, resource(2));

    client.request(NEXT, RequestForce.GRACEFUL, resource(1));
    world.time().advance(HEARD_SECONDS);

    assertThat(holding.killPrograms()).containsExactly("/bin/stop it now 0");
    assertThat(holder.process().signals()).isEmpty();
    assertThat(late.process().signals()).isEmpty();
  }

  @Test
  void forceDoesNotRunTheKillpath() {
    VirtualClient holder = withKillpath(7).acquire(0, resource(1));

    client.request(NEXT, RequestForce.FORCE, resource(1));
    world.time().advance(HEARD_SECONDS);

    assertThat(holding.killPrograms()).isEmpty();
    assertThat(holder.process().signals()).containsExactly(Signals.KILL);
  }

  /** Its pid is 0: a signal would hit the whole process group of the daemon. */
  @Test
  void upstreamDefectRequestToASharedHolderSignalsPidZero() {
    holding.helper().start();
    VirtualClient holder = holder(7, resource(1).withFlags(ResourceFlags.SHARED));
    // The leader is free once the lease is shared, so the record is written by hand.
    VirtualClient exclusive = holder(8, resource(2));
    client.request(NEXT, RequestForce.FORCE, resource(2));
    byte[] content = world.disks().file(DISK).content();
    System.arraycopy(content, 2 * MIB + 512, content, MIB + 512, 512);
    content[MIB + 512 + 8] = 9;
    world.time().advance(HEARD_SECONDS);

    assertThat(exclusive.process().signals()).containsExactly(Signals.KILL);
    assertThat(holder.process().signals()).isEmpty();
    holding.helper().work();
    assertThat(holding.helper().done()).isEmpty();
  }

  @Test
  void aRequestForTheVersionHeldOrAnOlderOneIsOld() {
    holder(7, resource(1));

    assertThat(client.request(0, RequestForce.FORCE, resource(1).withLver(1)))
        .isEqualTo(EINVAL_LVER);
    assertThat(client.request(0, RequestForce.FORCE, resource(1))).isEqualTo(EINVAL_LVER);
    assertThat(client.request(0, RequestForce.NONE, resource(1).withLver(3))).isZero();
    assertThat(client.request(0, RequestForce.FORCE, resource(1).withLver(2)))
        .isEqualTo(REQUEST_LVER);
  }

  @Test
  void aRequestThatOnlyNotesTheWishStopsNobody() {
    VirtualClient holder = holder(7, resource(1));

    assertThat(client.request(0, RequestForce.NONE, resource(1).withLver(2))).isZero();
    assertThat(client.request(NEXT, 77, resource(1))).isZero();
    world.time().advance(HEARD_SECONDS);

    assertThat(holder.process().signals()).isEmpty();
  }

  @Test
  void aFreeLeaseIsNotAskedForAndARequestCanBeCleared() {
    int writes = world.disks().file(DISK).writeCount();
    assertThat(client.request(NEXT, RequestForce.FORCE, resource(1))).isZero();
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);

    VirtualClient holder = holder(7, resource(1));
    client.request(NEXT, RequestForce.FORCE, resource(1));
    assertThat(client.request(0, RequestForce.NONE, resource(1))).isZero();
    world.time().advance(HEARD_SECONDS);
    assertThat(holder.process().signals()).isEmpty();
  }

  @Test
  void refusals() {
    Resource elsewhere =
        Resource.on(LeaseName.of("LX"), LeaseName.of("r1"), List.of(new Disk(DISK, MIB)));
    Resource missing =
        Resource.on(LeaseName.of("LS"), LeaseName.of("r1"), List.of(new Disk("/none", MIB)));
    Resource noDisk = Resource.named(LeaseName.of("LS"), LeaseName.of("r1"));

    assertThat(client.request(NEXT, RequestForce.FORCE, elsewhere)).isEqualTo(ENOSPC);
    assertThat(client.request(NEXT, RequestForce.FORCE, missing)).isEqualTo(ENOENT);
    assertThat(client.request(NEXT, RequestForce.FORCE, noDisk)).isEqualTo(ERANGE);
    holder(7, resource(1));
    world.disks().file(DISK).content()[MIB + 512] ^= 1;
    assertThat(client.request(NEXT, RequestForce.FORCE, resource(1))).isEqualTo(REQUEST_MAGIC);
    asking.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    assertThat(client.request(NEXT, RequestForce.FORCE, resource(2))).isEqualTo(ENOSPC);
  }

  @Test
  void examineLooksAtOnceAndAlwaysSucceeds() {
    VirtualClient first = holder(7, resource(1));
    VirtualClient second = holder(8, resource(2));
    // Two renewals later the bits are old news, and the records are still there.
    client.request(0, RequestForce.NONE, resource(1).withLver(2));
    client.request(0, RequestForce.NONE, resource(2).withLver(2));
    world.time().advance(HEARD_SECONDS);
    byte[] content = world.disks().file(DISK).content();
    content[MIB + 512 + 16] = RequestForce.FORCE;
    content[2 * MIB + 512 + 16] = RequestForce.FORCE;

    VirtualClient examiner = holding.client();
    examiner.send(Command.EXAMINE_RESOURCE, 0, 0, 0, resource(1)::encodeWithoutDisks);
    assertThat(examiner.lastResult()).isZero();
    assertThat(first.process().signals()).containsExactly(Signals.KILL);
    assertThat(second.process().signals()).isEmpty();
    examiner.lockspace(Command.EXAMINE_LOCKSPACE, 0, 0, "LS", 0, "", 0);
    assertThat(examiner.lastResult()).isZero();
    assertThat(second.process().signals()).containsExactly(Signals.KILL);
    examiner.lockspace(Command.EXAMINE_LOCKSPACE, 0, 0, "LX", 0, "", 0);
    assertThat(examiner.lastResult()).isZero();
  }
}
