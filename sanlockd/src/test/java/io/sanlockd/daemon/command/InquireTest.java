package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.World.DISK;
import static io.sanlockd.daemon.world.World.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Resource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** INQUIRE (protocol.md 8.9), and why it waits. */
class InquireTest {
  private static final int ESRCH = -3;
  private static final int EBUSY = -16;
  private static final int ESTALE = -116;

  private final World world = new World().format(10);
  private final VirtualDaemon daemon = world.daemon("a").join(1, 10);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private VirtualClient inquire(int pid) {
    return daemon.client().send(Command.INQUIRE, 0, 0, pid, payload -> {});
  }

  @Test
  void theTargetMustBeRegistered() {
    assertThat(inquire(4_000_000).lastResult()).isEqualTo(ESRCH);
    assertThat(inquire(0).lastResult()).isEqualTo(ESRCH);
    assertThat(inquire(-1).lastResult()).isEqualTo(EBUSY);
  }

  @Test
  void whatIsAnnouncedBehindARefusedRequestIsDiscarded() {
    VirtualClient client = daemon.client();
    client.connection().send(MessageHeader.request(Command.INQUIRE, 0, 128, 0, 7), new byte[0]);

    assertThat(client.lastResult()).isEqualTo(ESRCH);
    assertThat(client.connection().discarded()).isEqualTo(128);
  }

  /** libvirt takes a process that is busy for one that is not registered. */
  @Test
  void itWaitsForTheCommandThatRunsForTheProcess() {
    VirtualClient process = daemon.registered(7);
    world.disks().file(DISK).reads(Fault.HANG);
    process.acquire(0, resource(1));
    VirtualClient other = inquire(7);
    assertThat(other.replies()).isZero();

    world.time().advance(1);
    world.disks().file(DISK).heal();
    world.time().advance(0.2);

    assertThat(other.lastResult()).isZero();
    assertThat(other.connection().lastReply().text()).isEqualTo("LS:r1:/disk:1048576:1");
    assertThat(other.replies()).isEqualTo(1);
  }

  @Test
  void afterAWhileItTellsWhatIsHeldSoFar() {
    VirtualClient process = daemon.registered(7).acquire(0, resource(2));
    world.time().advance(0.1);
    world.disks().file(DISK).reads(Fault.HANG);
    process.acquire(0, resource(1));
    VirtualClient other = inquire(7);

    world.time().advance(3.1);

    assertThat(process.replies()).isEqualTo(1);
    assertThat(other.lastResult()).isZero();
    assertThat(other.connection().lastReply().text()).isEqualTo("LS:r2:/disk:2097152:1");
    world.disks().file(DISK).heal();
    world.time().advance(1);
    assertThat(other.replies()).isEqualTo(1);
  }

  @Test
  void aProcessThatDiesMeanwhileIsStale() {
    VirtualClient process = daemon.registered(7);
    world.disks().file(DISK).reads(Fault.HANG);
    daemon.client().acquireFor(7, 0, resource(1));
    VirtualClient other = inquire(7);
    process.die();
    world.disks().file(DISK).heal();
    world.time().advance(1);

    assertThat(other.lastResult()).isEqualTo(ESTALE);
    assertThat(inquire(7).lastResult()).isEqualTo(ESRCH);
  }

  @Test
  void upstreamDefectBlanksInPathsAndNamesOf48Bytes() {
    String longName = "N".repeat(48);
    world.disks().create("/a disk", MIB);
    world.formatResource("/a disk", 0, "LS", longName);
    Resource resource =
        Resource.on(LeaseName.of("LS"), LeaseName.of(longName), List.of(new Disk("/a disk", 0)));
    VirtualClient process = daemon.registered(7).acquire(0, resource);
    world.time().advance(0.1);

    assertThat(process.lastResult()).isZero();
    assertThat(process.inquire()).isEqualTo("LS:" + longName + ":/a\\ disk:0:1");
  }
}
