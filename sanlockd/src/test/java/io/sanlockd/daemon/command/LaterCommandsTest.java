package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.Reply;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.format.FormatFlags;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands of later versions that current clients send without asking (v5.md 6). */
class LaterCommandsTest {
  private static final int IO_TIMEOUT = 1;
  private static final int OWNER_LENGTH = 32 + 48;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("hosta").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private VirtualClient acquire2(int pid, int flags, Resource resource) {
    VirtualClient client = daemon.registered(pid);
    client.send(
        Command.ACQUIRE2,
        flags,
        1,
        MessageHeader.THIS_CONNECTION,
        payload -> {
          resource.encode(payload);
          Options.NONE.encode(payload);
        });
    world.time().advance(2);
    return client;
  }

  private static void assertOwner(Reply reply, Host owner, String name) throws ProtocolException {
    assertThat(reply.header().length()).isEqualTo(MessageHeader.LENGTH + OWNER_LENGTH);
    assertThat(reply.header().data2()).isEqualTo(MessageHeader.THIS_CONNECTION);
    ByteBuffer body = reply.body().duplicate().order(reply.body().order());
    assertThat(Host.decode(body)).isEqualTo(owner);
    byte[] bytes = new byte[48];
    body.get(bytes);
    assertThat(LeaseName.ofField(bytes)).isEqualTo(LeaseName.of(name));
  }

  @Test
  void acquire2TakesALeaseLikeAcquire() {
    VirtualClient client = acquire2(7, 0, resource(1));

    assertThat(client.lastResult()).isZero();
    assertThat(client.connection().lastReply().header().length()).isEqualTo(MessageHeader.LENGTH);
    assertThat(client.inquire()).isEqualTo("LS:r1:/disk:1048576:1");
    VirtualClient again = acquire2(8, 0, resource(1));
    assertThat(again.lastResult()).isEqualTo(-17);
    assertThat(again.connection().lastReply().header().length()).isEqualTo(MessageHeader.LENGTH);
    assertThat(acquire2(9, 0, resource(2).withLver(7).withFlags(ResourceFlags.LVER)).lastResult())
        .isEqualTo(-240);
  }

  @Test
  void acquire2NamesTheOwnerThatRefusesIt() throws ProtocolException {
    VirtualDaemon other = world.daemon("hostb").join(2, IO_TIMEOUT);
    other.registered(7).acquire(0, resource(1));
    world.time().advance(4);
    long since = world.leader(1).timestamp();

    Reply reply = acquire2(8, 0, resource(1)).connection().lastReply();

    assertThat(reply.result()).isEqualTo(-243);
    assertOwner(reply, new Host(2, 1, since, 0, 3), "hostb");
  }

  @Test
  void acquire2NamesAHostThatSharesTheLease() throws ProtocolException {
    VirtualDaemon other = world.daemon("hostb").join(2, IO_TIMEOUT);
    other.registered(7).acquire(0, resource(1).withFlags(ResourceFlags.SHARED));
    world.time().advance(4);

    Reply reply = acquire2(8, 0, resource(1)).connection().lastReply();

    assertThat(reply.result()).isEqualTo(-11);
    assertOwner(reply, new Host(2, 1, 0, 0, 3), "hostb");
    VirtualClient sharer = acquire2(9, 0, resource(1).withFlags(ResourceFlags.SHARED));
    assertThat(sharer.lastResult()).isZero();
  }

  @Test
  void acquire2NamesAnOwnerThatMayBeDead() throws ProtocolException {
    VirtualDaemon other = world.daemon("hostb").join(2, IO_TIMEOUT);
    other.registered(7).acquire(0, resource(1));
    world.time().advance(4);
    byte[] before = Arrays.copyOfRange(world.disks().file(DISK).content(), 512, 1024);
    world.disks().file(DISK).freeze(512, before);
    world.time().advance(16);

    Reply reply = acquire2(8, CommandFlags.OWNER_NOWAIT, resource(1)).connection().lastReply();

    assertThat(reply.result()).isEqualTo(-247);
    assertOwner(reply, new Host(2, 1, world.leader(1).timestamp(), 0, 4), "hostb");
  }

  private Reply readHost(String name, long hostId) {
    Lockspace wanted = new Lockspace(LeaseName.of(name), hostId, 0, new Disk(DISK, 0));
    VirtualClient client = daemon.client();
    client.send(Command.READ_LOCKSPACE_HOST, 0, 0, 0, wanted::encode);
    world.time().advance(0.1);
    assertThat(client.connection().lastReply().body().remaining())
        .isEqualTo(Lockspace.LENGTH + Host.LENGTH);
    return client.connection().lastReply();
  }

  private static Host hostOf(Reply reply) throws ProtocolException {
    return Host.decode(
        reply.body().slice(Lockspace.LENGTH, Host.LENGTH).order(reply.body().order()));
  }

  @Test
  void readLockspaceHostTellsWhoOwnsTheSlot() throws ProtocolException {
    Reply reply = readHost("LS", 1);

    assertThat(reply.result()).isZero();
    assertThat(reply.header().data2()).isEqualTo(IO_TIMEOUT);
    Lockspace found = Lockspace.decode(reply.body().duplicate().order(reply.body().order()));
    assertThat(found.flags()).isEqualTo(0x110);
    assertThat(hostOf(reply)).isEqualTo(new Host(1, 1, world.delta(1).timestamp(), IO_TIMEOUT, 0));
    assertThat(hostOf(readHost("", 0)).hostId()).isEqualTo(1);
    assertThat(hostOf(readHost("LS", 5))).isEqualTo(new Host(0, 0, 0, IO_TIMEOUT, 0));
  }

  /** v5.md 6.2, 7.8: what we do not use we still tell. */
  @Test
  void readLockspaceHostShowsWhatNewerFormatsAdd() throws ProtocolException {
    world.reformatDelta(3, 0x50000, FormatFlags.NO_TIMEOUT | FormatFlags.DEAD_EXT);
    world.reformatDelta(4, 0x50000, FormatFlags.CAW);
    Reply dead = readHost("LS", 3);
    Lockspace found = Lockspace.decode(dead.body().duplicate().order(dead.body().order()));
    assertThat(found.flags()).isEqualTo(0x114);
    assertThat(hostOf(dead).flags()).isEqualTo(0x10);
    Reply caw = readHost("LS", 4);
    assertThat(caw.result()).isZero();
    assertThat(Lockspace.decode(caw.body().duplicate().order(caw.body().order())).flags())
        .isEqualTo(0x118);
    assertThat(hostOf(caw).flags()).isZero();
  }

  @Test
  void aLockspaceWithALeaseWithoutTimeoutIsNotJoined() {
    world.reformatDelta(3, 0x50000, FormatFlags.NO_TIMEOUT);
    VirtualDaemon second = world.daemon("hostb");
    VirtualClient client = second.client();
    client.add("LS", 2, DISK, 0, IO_TIMEOUT);
    world.time().advance(10);
    assertThat(client.lastResult()).isEqualTo(-224);
    assertThat(world.delta(2).ownerId()).isZero();
  }

  @Test
  void readLockspaceHostRefusesInTheSameShape() throws ProtocolException {
    Host nobody = new Host(0, 0, 0, 0, 0);
    assertThat(readHost("XX", 1).result()).isEqualTo(-226);
    assertThat(hostOf(readHost("XX", 1))).isEqualTo(nobody);
    assertThat(readHost("LS", 3000).result()).isEqualTo(-223);
    VirtualClient client = daemon.client();
    client
        .connection()
        .send(MessageHeader.request(Command.READ_LOCKSPACE_HOST, 0, 1104, 0, 0), new byte[100]);
    assertThat(client.lastResult()).isEqualTo(-107);
    assertThat(client.connection().lastReply().body().remaining())
        .isEqualTo(Lockspace.LENGTH + Host.LENGTH);
  }

  @Test
  void getHostsTellsOurOwnRecordWhateverHostIdIsGiven() throws ProtocolException {
    for (long hostId : new long[] {0, 1, 77}) {
      VirtualClient client = daemon.client();
      client.lockspace(Command.GET_HOSTS, CommandFlags.GET_HOST_LOCAL, 0, "LS", hostId, "", 0);
      Reply reply = client.connection().lastReply();

      assertThat(reply.result()).isZero();
      assertThat(reply.header().data2()).isEqualTo(1);
      assertThat(Host.decode(reply.body().duplicate().order(reply.body().order())))
          .isEqualTo(new Host(1, 1, world.delta(1).timestamp(), IO_TIMEOUT, 3));
    }
    VirtualClient unknown = daemon.client();
    unknown.lockspace(Command.GET_HOSTS, CommandFlags.GET_HOST_LOCAL, 0, "LX", 0, "", 0);
    assertThat(unknown.lastResult()).isEqualTo(-2);
    assertThat(unknown.connection().lastReply().header().length()).isEqualTo(MessageHeader.LENGTH);
  }
}
