package io.sanlockd.daemon.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests recorded with the C daemon get the same replies from ours in the same state. */
class RecordedConversationsTest {
  private static final String DISK1 = "/leases/disk1";
  private static final String DISK3 = "/leases/disk3";
  private static final String DISK2 = "/leases/disk2";
  private static final int IO_TIMEOUT = 2;
  private static final int DISK_MIB = 14;

  private final World world = new World();
  private final Replay replay = new Replay(world);
  private VirtualDaemon daemon;

  @BeforeEach
  void prepareStorage() {
    world.disks().create(DISK1, DISK_MIB * World.MIB);
    world.disks().create(DISK2, 2 * World.MIB);
    world.formatLockspace(DISK1, 0, "LS1", IO_TIMEOUT);
    for (int i = 1; i <= 11; i++) {
      world.formatResource(DISK1, (long) i * World.MIB, "LS1", "r" + i);
    }
    daemon = world.daemon("host-a");
  }

  @AfterEach
  void endWorld() {
    world.close();
  }

  private VirtualDaemon joined(VirtualDaemon which, long hostId) {
    VirtualClient client = which.client().add("LS1", hostId, DISK1, 0, IO_TIMEOUT);
    world.time().advance(Replay.PATIENCE_SECONDS);
    assertThat(client.lastResult()).isZero();
    client.disconnect();
    return which;
  }

  private static Resource lease(int number) {
    return Resource.on(
        LeaseName.of("LS1"),
        LeaseName.of("r" + number),
        List.of(new Disk(DISK1, (long) number * World.MIB)));
  }

  private VirtualClient holding(VirtualDaemon which, int pid, Resource... leases) {
    VirtualClient client = which.registered(pid).acquire(0, leases);
    world.time().advance(0.1);
    assertThat(client.lastResult()).isZero();
    return client;
  }

  /** Plays a recording on a connection of its own. */
  private void replay(String name) {
    replay(name, daemon.client(4321), 4321);
  }

  /** Plays one of several connections of a recording on a connection of its own. */
  private void replay(String name, int connection) {
    replay(name, connection, daemon.client(4321), 4321);
  }

  /**
   * Plays the first connection of a recording.
   *
   * @param pid stands for the process that the recording addresses
   */
  private void replay(String name, VirtualClient client, int pid) {
    replay(name, 1, client, pid);
  }

  private void replay(String name, int connection, VirtualClient client, int pid) {
    replay.play(name, connection, client, pid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-acquire-e2big",
        "00-acquire-esrch",
        "00-minor-version",
        "33-set_config-enoent",
        "00-pipelined",
        "00-target-pid0",
        "00-version-cmd-any-version",
        "00-version0",
        "01-register",
        "02-add_lockspace-async",
        "02-add_lockspace-badhostid",
        "02-add_lockspace-einval",
        "02-add_lockspace-enodev",
        "02-add_lockspace-nolease",
        "02-add_lockspace-ok",
        "02-add_lockspace-wrongname",
        "02-cli-add_lockspace-timeout",
        "05-status-client",
        "05-status-daemon",
        "08-release-ex-zero",
        "08-release-pid-esrch",
        "08-release-unregistered",
        "08-release-orphan-unregistered",
        "08-cli-release-orphan",
        "09-cli-inquire-esrch",
        "09-inquire-esrch",
        "11-request-nodisks",
        "11-request-nolockspace",
        "12-align-nofile",
        "12-align-nopath",
        "12-align-ok",
        "12-cli-align",
        "15-cli-host_status-enospc",
        "16-inq_lockspace-enoent",
        "17-killpath-unregistered",
        "18-cli-init-ls",
        "18-write_lockspace-512-1M",
        "18-write_lockspace-badflags",
        "18-write_lockspace-defaults",
        "18-write_lockspace-nofile",
        "19-cli-init-res",
        "19-write_resource-clear",
        "19-write_resource-defaults",
        "19-write_resource-numhosts",
        "20-read_lockspace-nofile",
        "20-read_lockspace-nolease",
        "20-read_lockspace-nopath",
        "20-read_lockspace-ok",
        "20-read_lockspace-wrongname",
        "21-read_resource-nofile",
        "21-read_resource-ok",
        "21-read_resource-wronglockspace",
        "21-read_resource-wrongname",
        "22-cli-gets-empty",
        "23-get_hosts-enoent",
        "24-read_resource_owners-badalign",
        "24-read_resource_owners-noname",
        "24-read_resource_owners-none",
        "25-set_lvb-enoent",
        "26-get_lvb-enoent",
        "27-convert-unregistered",
        "28-cli-version",
        "30-reg_event-einval",
        "30-reg_event-enoent",
        "32-set_event-einval",
        "32-set_event-enoent",
        "28-version",
        "29-cli-shutdown_wait-ok",
        "34-cli-renewal-enospc",
        "35-format_rindex-nofile",
        "37-lookup_rindex-nolockspace",
        "38-create_resource-nolockspace",
        "40-rebuild_rindex-nolockspace",
        "py-01-register",
        "py-18-write_lockspace",
        "py-19-write_resource",
        "py-20-read_lockspace",
        "py-21-read_resource",
      })
  void onADaemonWithoutLockspaces(String name) {
    replay(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-echo-fields",
        "00-length-ignored",
        "02-add_lockspace-conflict-name",
        "02-add_lockspace-conflict-path",
        "02-add_lockspace-eexist",
        "02-cli-add_lockspace",
        "03-cli-rem_lockspace",
        "03-rem_lockspace-async",
        "03-rem_lockspace-enoent",
        "04-cli-shutdown-ignored",
        "05-status-lockspace",
        "11-request-clear",
        "11-request-free",
        "13-cli-examine",
        "13-examine_lockspace",
        "14-examine_resource",
        "16-inq_lockspace-hostid0",
        "22-get_lockspaces-ok",
        "23-get_hosts-free",
        "23-get_hosts-toobig",
        "29-cli-shutdown_wait-ebusy",
        "29-cli-shutdown_wait-force",
        "30-reg_event-ok",
        "32-set_event-ok",
        "33-cli-set_config",
        "33-cli-set_config0",
        "33-set_config-einval",
        "33-set_config-unused",
        "33-set_config-used",
        "33-set_config-usedbyorphans",
        "py-16-inq",
        "py-22-get_lockspaces",
        "py-23-get_hosts",
      })
  void inALockspace(String name) {
    joined(daemon, 1);
    replay(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "07-acquire-ex-owner",
        "07-acquire-lver",
        "07-acquire-nodisks",
        "07-acquire-orphanonly-lvb",
        "07-acquire-nofile",
        "07-acquire-nolease",
        "07-acquire-nolockspace",
        "07-acquire-shared-shared",
        "07-acquire-wrongname",
        "07-acquire-zero",
        "07-acquire-two",
        "08-release-all",
        "08-release-notheld",
        "08-release-orphan-none",
        "08-release-rename-notheld",
        "09-inquire-afterall",
        "09-inquire-none",
        "10-restrict-all",
        "10-restrict-sigkill",
        "17-killpath-ok",
        "27-convert-enoent",
        "py-07-acquire",
        "py-07-acquire-sh",
        "py-11-request",
        "py-17-killpath",
        "py-24-owners",
      })
  void byARegisteredProcess(String name) {
    joined(daemon, 1);
    replay(name, daemon.registered(4321), 4321);
  }

  @Test
  void whileALockspaceIsBeingAdded() {
    daemon
        .client()
        .lockspace(Command.ADD_LOCKSPACE, CommandFlags.ADD_ASYNC, IO_TIMEOUT, "LS1", 1, DISK1, 0);

    VirtualClient client = daemon.client();
    replay.send(Capture.read("02-add_lockspace-einprogress").requests(1), client, 0);
    assertThat(client.lastResult()).isEqualTo(-115);
    replay.send(Capture.read("16-inq_lockspace-einprogress").requests(1), client, 0);
    assertThat(client.lastResult()).isEqualTo(-115);
    VirtualClient listing = daemon.client();
    replay.send(Capture.read("22-get_lockspaces-adding").requests(1), listing, 0);
    assertThat(MaskedReply.of(Replay.bytes(listing.connection().lastReply())))
        .isEqualTo(MaskedReply.of(Capture.read("22-get_lockspaces-adding").replies(1)));
    replay("16-inq_lockspace-wait");
  }

  @Test
  void whileALockspaceIsBeingAddedItIsRemoved() {
    world.formatLockspace(DISK2, 0, "LSN", IO_TIMEOUT);
    VirtualClient adding = daemon.client().add("LSN", 1, DISK2, 0, IO_TIMEOUT);

    replay("03-rem_lockspace-abort-add");

    assertThat(adding.lastResult()).isIn(-1, -201);
  }

  @Test
  void whileALockspaceIsBeingRemoved() {
    joined(daemon, 1);
    world.disks().file(DISK1).writes(Fault.HANG);
    daemon.client().lockspace(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC, 0, "LS1", 1, DISK1, 0);
    world.time().advance(1.5);

    replay("02-add_lockspace-eagain");
    replay("03-rem_lockspace-einprogress");
  }

  @Test
  void withAProcessThatHoldsLeases() {
    joined(daemon, 1);
    VirtualClient client =
        holding(daemon, 77, lease(1), lease(2).withFlags(ResourceFlags.SHARED), lease(3));

    replay("09-inquire-three", client, 77);
    replay("09-inquire-pid", daemon.client(), 77);
    replay("03-rem_lockspace-unused-ebusy");
    replay("07-acquire-eexist", client, 77);
    replay("08-release-mixed", client, 77);
    replay("08-release-rename", client, 77);
    replay("21-read_resource-renamed");
    replay("08-cli-release-pid", daemon.client(), 77);
    replay("07-cli-acquire-pid", daemon.client(), 77);
    replay("08-cli-release-all", daemon.client(), 77);
    replay("09-inquire-afterall", client, 77);
    replay("07-acquire-by-pid", daemon.client(), 77);
    replay("09-cli-inquire-debug", daemon.client(), 77);
    replay("py-08-release", client, 77);
    replay("py-07-acquire-sh", client, 77);
    replay("py-08-release2", client, 77);
    replay("07-cli-command-persistent", daemon.client(78), 78);
  }

  @Test
  void aProcessThatHoldsALeaseIsKilledByARemoval() {
    joined(daemon, 1);
    VirtualClient client = holding(daemon, 77, lease(1));
    world.time().later(2_000_000_000L, client::die);

    replay("03-rem_lockspace-kills");

    assertThat(client.process().signals()).contains(9);
  }

  @Test
  void withOrphans() {
    joined(daemon, 1);
    holding(daemon, 70, lease(10).withFlags(ResourceFlags.PERSISTENT)).die();
    VirtualClient client = holding(daemon, 77, lease(8).withFlags(ResourceFlags.SHARED));

    replay("07-acquire-orphan-euclean", client, 77);
    replay("07-acquire-orphan-shared-euclean", client, 77);
    replay("07-acquire-orphan-ok", client, 77);
    replay("09-inquire-orphan", client, 77);
    holding(daemon, 71, lease(11).withFlags(ResourceFlags.PERSISTENT)).die();
    replay("08-release-orphan-all", client, 77);
  }

  @Test
  void withAnotherHost() {
    VirtualDaemon other = world.daemon("host-b");
    joined(daemon, 1);
    joined(other, 2);
    holding(other, 90, lease(7));
    VirtualClient client = daemon.registered(77);

    replay("07-acquire-idlive", client, 77);
    replay("07-acquire-nowait", client, 77);
    replay("22-cli-gets", 1);
    replay("22-cli-gets", 2);
    replay("23-get_hosts-all");
    replay("23-get_hosts-one");
    replay("15-cli-host_status");
    holding(other, 91, lease(8).withFlags(ResourceFlags.SHARED));
    replay("07-acquire-ex-vs-shared", client, 77);
    replay("07-acquire-shared-shared", client, 77);
  }

  @Test
  void withAValueBlock() {
    joined(daemon, 1);
    VirtualClient client = daemon.registered(77);
    replay("07-acquire-two", client, 77);
    replay("25-set_lvb-ok");
    replay("25-set_lvb-toobig");
    replay("25-set_lvb-toobig2");
    replay("26-get_lvb-ok");
    client.releaseAll();
    replay("py-07-acquire", client, 77);
    replay("py-25-set_lvb");
    replay("py-26-get_lvb");
    client.releaseAll();
    holding(daemon, 78, lease(1), lease(5), lease(8).withFlags(ResourceFlags.SHARED));
    replay("25-set_lvb-nolvb");
    replay("26-get_lvb-nolvb");
  }

  @Test
  void conversions() {
    VirtualDaemon other = world.daemon("host-b");
    joined(daemon, 1);
    joined(other, 2);
    VirtualClient client =
        holding(
            daemon,
            77,
            lease(2).withFlags(ResourceFlags.SHARED),
            lease(8).withFlags(ResourceFlags.SHARED),
            lease(10));
    holding(other, 90, lease(8).withFlags(ResourceFlags.SHARED));

    replay("27-convert-ealready", client, 77);
    replay("27-convert-sh2ex", client, 77);
    replay("27-convert-ex2sh", daemon.client(), 77);
    replay("27-convert-eagain", client, 77);
    replay("24-read_resource_owners-shared");
    replay("27-cli-convert", daemon.client(), 77);
  }

  @Test
  void requestsAndOwners() {
    VirtualDaemon other = world.daemon("host-b");
    joined(daemon, 1);
    joined(other, 2);
    VirtualClient client = holding(daemon, 77, lease(1));
    VirtualClient holder = holding(other, 90, lease(7));

    replay("24-read_resource_owners-ex", client, 77);
    replay("11-request-old");
    replay("31-end_event-enoent", 2);
    replay("08-release-one", client, 77);
    replay("11-request-graceful");
    assertThat(holder.process().signals()).contains(15);
  }

  @Test
  void aResourceIndex() {
    world.disks().create(DISK3, 8 * World.MIB);
    joined(daemon, 1);

    replay("35-format_rindex-badflags");
    replay("35-format_rindex-ok");
    replay("38-create_resource-ok");
    replay("37-lookup_rindex-name");
    replay("37-lookup_rindex-offset");
    replay("37-lookup_rindex-diff");
    replay("37-lookup_rindex-enoent");
    replay("37-lookup_rindex-badoffset");
    replay("37-lookup_rindex-wronglockspace");
    replay("37-lookup_rindex-wrongoff");
    replay("38-create_resource-norindex");
    replay("36-update_rindex-add");
    replay("36-update_rindex-einval");
    replay("36-update_rindex-rem");
    replay("40-rebuild_rindex-ok");
    replay("39-delete_resource-ok");
  }

  @Test
  void withAnEventThatIsBeingSent() {
    joined(daemon, 1);
    replay.send(Capture.read("32-set_event-ok").requests(1), daemon.client(), 0);
    // The replies to one SET_EVENT after the other, without the time that replay() lets pass.
    for (String name : List.of("32-set_event-ebusy", "32-set_event-replace")) {
      VirtualClient client = daemon.client();
      replay.send(Capture.read(name).requests(1), client, 0);
      assertThat(MaskedReply.of(Replay.bytes(client.connection().lastReply())))
          .isEqualTo(MaskedReply.of(Capture.read(name).replies(1)));
    }
  }

  @Test
  void eventsOnAChannel() {
    VirtualDaemon other = world.daemon("host-b");
    joined(daemon, 1);
    joined(other, 2);
    VirtualClient listener = daemon.client();
    replay.send(Capture.read("30-reg_event-ok").requests(1), listener, 0);
    HostEvent event = new HostEvent(1, 1, 17, 34);
    other
        .client()
        .send(
            Command.SET_EVENT,
            0,
            0,
            0,
            payload -> {
              new Lockspace(LeaseName.of("LS1"), 0, 0, new Disk("", 0)).encode(payload);
              event.encode(payload);
            });
    world.time().advance(Replay.PATIENCE_SECONDS);

    assertThat(listener.connection().channel().messages().get(0))
        .isEqualTo(Capture.read("30-event-callback").replies(1));
    listener.connection().channel().end(false);
    VirtualClient end = daemon.client();
    replay.send(Capture.read("31-end_event-ok").requests(2), end, 0);
    assertThat(MaskedReply.of(Replay.bytes(end.connection().lastReply())))
        .isEqualTo(MaskedReply.of(Capture.read("31-end_event-ok").replies(2)));
    assertThat(listener.connection().channel().closed()).isTrue();
  }

  @Test
  void the33rdReceiverOfEventsIsRefused() {
    joined(daemon, 1);
    for (int i = 0; i < 32; i++) {
      replay.send(Capture.read("30-reg_event-ok").requests(1), daemon.client(), 0);
    }
    replay("30-reg_event-enocsi");
  }

  @Test
  void aColonInAPathIsEscaped() {
    world.disks().create("/leases/co:lon", World.MIB);
    world.formatResource("/leases/co:lon", 0, "LS1", "re1");
    joined(daemon, 1);
    Resource colon =
        Resource.on(
            LeaseName.of("LS1"), LeaseName.of("re1"), List.of(new Disk("/leases/co:lon", 0)));

    replay("09-inquire-colon", holding(daemon, 77, colon), 77);
  }

  @Test
  void aClearedLeaseIsNoLease() {
    replay("19-write_resource-numhosts");
    replay("19-write_resource-clear");
    replay("21-read_resource-cleared");
  }
}
