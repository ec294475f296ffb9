package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.daemon.metrics.RequestCounts;
import io.sanlockd.daemon.world.Reply;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.ConfigValue;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Headers, payloads and the shape of replies (protocol.md 4, 5, 8, 9, 15). */
class RequestShapeTest {
  private static final int ENOENT = -2;
  private static final int ESRCH = -3;
  private static final int EBUSY = -16;
  private static final int EINVAL = -22;
  private static final int ENOSPC = -28;
  private static final int ERANGE = -34;
  private static final int ENOTCONN = -107;
  private static final int IO_TIMEOUT = 1;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a");

  @AfterEach
  void endWorld() {
    world.close();
  }

  private static byte[] bytes(int length, Consumer<ByteBuffer> content) {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    content.accept(buffer);
    return buffer.array();
  }

  private static void lockspaceWithoutTerminator(ByteBuffer payload) {
    int start = payload.position();
    new Lockspace(LeaseName.of("LS"), 1, 0, new Disk("", 0)).encode(payload);
    for (int i = 0; i < Disk.PATH_LENGTH; i++) {
      payload.put(start + 64 + i, (byte) 'x');
    }
  }

  private static void resourceWithoutTerminator(ByteBuffer payload) {
    int start = payload.position();
    resource(1).encode(payload);
    for (int i = 0; i < Disk.PATH_LENGTH; i++) {
      payload.put(start + Resource.LENGTH + i, (byte) 'x');
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"ADD_LOCKSPACE", "REM_LOCKSPACE", "INQ_LOCKSPACE", "WRITE_LOCKSPACE"})
  void aLockspacePathWithoutTerminatorIsInvalid(Command command) {
    VirtualClient client =
        daemon.client().send(command, 0, 0, 0, RequestShapeTest::lockspaceWithoutTerminator);

    assertThat(client.lastResult()).isEqualTo(EINVAL);
    assertThat(client.connection().lastReply().body().remaining()).isZero();
    assertThat(client.closed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {
        "EXAMINE_LOCKSPACE",
        "HOST_STATUS",
        "GET_HOSTS",
        "REG_EVENT",
        "END_EVENT",
        "SET_EVENT",
        "SET_CONFIG",
        "RENEWAL"
      })
  void whoseLockspaceIsFoundByItsNameMayLeaveAnythingInPlaceOfThePath(Command command) {
    daemon.join(1, IO_TIMEOUT);
    VirtualClient client =
        daemon
            .client()
            .send(
                command,
                0,
                command == Command.SET_CONFIG ? ConfigValue.UNUSED : 0,
                0,
                payload -> {
                  lockspaceWithoutTerminator(payload);
                  new HostEvent(1, 0, 0, 0).encode(payload);
                });

    assertThat(client.connection().replies().get(0).result()).isZero();
  }

  @Test
  void aRefusedReadIsFollowedByTheStructureItsClientReads() {
    VirtualClient client =
        daemon
            .client()
            .send(Command.READ_LOCKSPACE, 0, 0, 0, RequestShapeTest::lockspaceWithoutTerminator);
    Reply reply = client.connection().lastReply();
    assertThat(reply.result()).isEqualTo(EINVAL);
    assertThat(reply.header().length()).isEqualTo(32 + Lockspace.LENGTH);
    assertThat(reply.body())
        .isEqualTo(ByteBuffer.wrap(bytes(1104, RequestShapeTest::lockspaceWithoutTerminator)));

    client.send(Command.READ_RESOURCE, 0, 0, 0, RequestShapeTest::resourceWithoutTerminator);
    reply = client.connection().lastReply();
    assertThat(reply.result()).isEqualTo(EINVAL);
    assertThat(reply.header().length()).isEqualTo(32 + Resource.LENGTH);
    assertThat(reply.body())
        .isEqualTo(
            ByteBuffer.wrap(bytes(1168, RequestShapeTest::resourceWithoutTerminator), 0, 128)
                .slice());

    client.send(Command.READ_RESOURCE, 0, 0, 0, noDisks()::encode);
    reply = client.connection().lastReply();
    assertThat(reply.result()).isEqualTo(ERANGE);
    assertThat(reply.body().remaining()).isEqualTo(Resource.LENGTH);

    daemon.workers().full(true);
    client.send(Command.READ_RESOURCE, 0, 0, 0, resource(1)::encode);
    assertThat(client.lastResult()).isEqualTo(-12);
    assertThat(client.connection().lastReply().body().remaining()).isEqualTo(Resource.LENGTH);
  }

  private static Resource noDisks() {
    return Resource.named(LeaseName.of("LS"), LeaseName.of("r1"));
  }

  @Test
  void aPayloadCutShortIsNotConnectedAndZerosFollowWhereAStructureMust() {
    daemon.registered(7);
    for (Command command :
        List.of(Command.WRITE_LOCKSPACE, Command.ACQUIRE, Command.ADD_LOCKSPACE)) {
      VirtualClient client = daemon.client().send(command, 0, 1, 7, half -> half.put((byte) 1));
      assertThat(client.lastResult()).isEqualTo(ENOTCONN);
      assertThat(client.connection().lastReply().body().remaining()).isZero();
    }
    VirtualClient client =
        daemon.client().send(Command.READ_RESOURCE, 0, 0, 0, half -> half.put((byte) 1));
    assertThat(client.lastResult()).isEqualTo(ENOTCONN);
    assertThat(client.connection().lastReply().body()).isEqualTo(ByteBuffer.allocate(128));
    assertThat(daemon.clients().all()).noneMatch(c -> c.suspended());
  }

  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"ACQUIRE", "ACQUIRE2", "RELEASE", "CONVERT", "KILLPATH"})
  void thatThereIsNoTargetIsToldAlsoWhenThePayloadIsCutShort(Command command) {
    VirtualClient client = daemon.client().send(command, 0, 1, 7, half -> half.put((byte) 1));
    assertThat(client.lastResult()).isEqualTo(ESRCH);
    client.send(command, 0, 1, MessageHeader.THIS_CONNECTION, half -> half.put((byte) 1));
    assertThat(client.lastResult()).isEqualTo(EBUSY);
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void everyCommandIsAnsweredOnceWhateverItsPayload(Command command) {
    daemon.join(1, IO_TIMEOUT);
    List<Command> silent =
        List.of(Command.REGISTER, Command.SHUTDOWN, Command.SHUTDOWN_WAIT, Command.INQ_LOCKSPACE);
    for (byte fill : new byte[] {0, 1, -1, 0x7f}) {
      VirtualClient client =
          daemon
              .client()
              .send(
                  command,
                  0,
                  0,
                  MessageHeader.THIS_CONNECTION,
                  payload -> {
                    for (int i = 0; i < 5000; i++) {
                      payload.put(fill);
                    }
                  });
      world.time().advance(15);
      if (!silent.contains(command)) {
        assertThat(client.replies()).isEqualTo(1);
      }
      assertThat(daemon.ended()).isEqualTo(false);
      assertThat(daemon.clients().all()).noneMatch(c -> c.activeCommand() != 0);
    }
    assertThat(daemon.workers().idle()).isTrue();
  }

  @Test
  void unknownCommandsAndVersionsEndAConnectionThatIsNotRegistered() {
    VirtualClient unknown = daemon.client();
    unknown.connection().send(new MessageHeader(1, 99, 0, 32, 0, 0, 0), new byte[0]);
    assertThat(unknown.closed()).isTrue();
    VirtualClient newer = daemon.client();
    newer.connection().send(new MessageHeader(0x20001, 5, 0, 32, 0, 0, 0), new byte[0]);
    assertThat(newer.closed()).isTrue();

    VirtualClient registered = daemon.registered(7);
    registered.connection().send(new MessageHeader(1, 99, 0, 32, 0, 0, 0), new byte[0]);
    registered.connection().send(new MessageHeader(0x20001, 5, 0, 32, 0, 0, 0), new byte[0]);
    assertThat(registered.closed()).isFalse();
    assertThat(registered.inquire()).isEmpty();
  }

  @Test
  void versionIsToldToAnyVersion() {
    VirtualClient client = daemon.client();
    client
        .connection()
        .send(new MessageHeader(0x50000, Command.VERSION.number(), 3, 32, 4, 5, 6), new byte[0]);

    MessageHeader reply = client.connection().lastReply().header();
    assertThat(reply)
        .isEqualTo(new MessageHeader(1, Command.VERSION.number(), 0, 32, 0, 0, 0x03080500));
  }

  @Test
  void aRestrictedConnectionIsNotServedButItsProcessIs() {
    daemon.join(1, IO_TIMEOUT);
    VirtualClient client = daemon.registered(7);
    client.send(Command.RESTRICT, CommandFlags.RESTRICT_ALL, 0);
    assertThat(client.lastResult()).isZero();

    client.send(Command.VERSION, 0, 0);
    client.acquire(0, resource(1));

    assertThat(client.replies()).isEqualTo(1);
    assertThat(client.closed()).isFalse();
    VirtualClient other = daemon.client().acquireFor(7, 0, resource(1));
    assertThat(other.lastResult()).isZero();
    client.die();
    world.time().advance(1);
    assertThat(world.leader(1).isFree()).isTrue();
  }

  @Test
  void statusStopsWhereItIsTold() throws ProtocolException {
    daemon.join(1, IO_TIMEOUT);
    daemon.registered(7).acquire(0, resource(1));

    assertThat(statusTypes(1)).containsExactly(StateRecord.DAEMON);
    assertThat(statusTypes(2)).containsOnly(StateRecord.DAEMON, StateRecord.CLIENT).hasSize(5);
    assertThat(statusTypes(3)).contains(StateRecord.LOCKSPACE).doesNotContain(StateRecord.RESOURCE);
    assertThat(statusTypes(0))
        .containsSubsequence(
            StateRecord.DAEMON, StateRecord.CLIENT, StateRecord.LOCKSPACE, StateRecord.RESOURCE);
  }

  private List<Integer> statusTypes(int level) throws ProtocolException {
    VirtualClient client = daemon.client().send(Command.STATUS, 0, level);
    assertThat(client.closed()).isTrue();
    ByteBuffer body = client.connection().lastReply().body();
    List<Integer> types = new ArrayList<>();
    while (body.hasRemaining()) {
      StateRecord record = StateRecord.decode(body);
      types.add(record.type());
      if (record.type() == StateRecord.LOCKSPACE) {
        Lockspace.decode(body);
      } else if (record.type() == StateRecord.RESOURCE) {
        Resource.decodeWithDisks(body);
      }
    }
    return types;
  }

  @Test
  void theStatesOfLockspacesAndLeasesAreListedByTheirList() {
    daemon.join(1, IO_TIMEOUT);
    world.disks().create("/two", World.MIB);
    world.formatLockspace("/two", 0, "L2", 5);
    daemon.client().add("L2", 1, "/two", 0, 5);
    daemon.registered(7).acquire(0, resource(1));

    String text = daemon.client().send(Command.STATUS, 0, 0).connection().lastReply().text();

    assertThat(text).contains("list=spaces space_id=1 ", "list=add space_id=2 ", "list=held ");
    assertThat(text.indexOf("list=spaces")).isLessThan(text.indexOf("list=add"));
  }

  @Test
  void streamsOnARegisteredConnectionAreNotEndedByClosing() {
    VirtualClient client = daemon.registered(7).send(Command.STATUS, 0, 1);

    assertThat(client.replies()).isEqualTo(1);
    assertThat(client.closed()).isFalse();
    assertThat(client.inquire()).isEmpty();
  }

  @Test
  void lockspacesAreListedWithTheirFlags() throws ProtocolException {
    assertThat(daemon.client().send(Command.GET_LOCKSPACES, 0, 0).lastResult()).isZero();
    daemon.join(1, IO_TIMEOUT);
    world.disks().create("/two", World.MIB);
    world.formatLockspace("/two", 0, "L2", 5);
    daemon.client().add("L2", 3, "/two", 0, 5);

    VirtualClient client = daemon.client().send(Command.GET_LOCKSPACES, 0, 0);

    Reply reply = client.connection().lastReply();
    assertThat(reply.header().data2()).isEqualTo(2);
    assertThat(reply.header().length()).isEqualTo(32 + 2 * Lockspace.LENGTH);
    Lockspace first = Lockspace.decode(reply.body());
    Lockspace second = Lockspace.decode(reply.body());
    assertThat(first).isEqualTo(new Lockspace(LeaseName.of("LS"), 1, 0, new Disk(DISK, 0)));
    assertThat(second).isEqualTo(new Lockspace(LeaseName.of("L2"), 3, 1, new Disk("/two", 0)));
    assertThat(client.closed()).isTrue();
  }

  @Test
  void hostsAreToldOneByOneOrAllThatAreNotFree() throws ProtocolException {
    assertThat(hosts("LS", 0)).isEmpty();
    daemon.join(1, IO_TIMEOUT);
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    world.time().advance(6);

    assertThat(hosts("LS", 0)).extracting(Host::hostId).containsExactly(1L, 2L);
    assertThat(hosts("LS", 0)).allMatch(host -> host.flags() == 3);
    assertThat(hosts("LS", 2)).extracting(Host::hostId).containsExactly(2L);
    assertThat(hosts("LS", 77)).extracting(Host::flags).containsExactly(2);
    assertThat(hosts("LS", 5000)).isEmpty();
    assertThat(lastHostsResult).isZero();
    assertThat(hosts("XX", 0)).isEmpty();
    assertThat(lastHostsResult).isEqualTo(ENOENT);
    other.client().lockspace(Command.REM_LOCKSPACE, 0, 0, "LS", 2, DISK, 0);
    world.time().advance(6);
    assertThat(hosts("LS", 0)).extracting(Host::hostId).containsExactly(1L);
  }

  /** Counting on from the last number there is would never end, and with it the main loop. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theLargestHostIdDoesNotStopTheMainLoop() throws ProtocolException {
    daemon.join(1, IO_TIMEOUT);
    world.time().advance(6);

    for (long hostId : List.of(Long.MAX_VALUE, -1L, Long.MIN_VALUE)) {
      assertThat(hosts("LS", hostId)).isEmpty();
      assertThat(lastHostsResult).isZero();
    }
  }

  private int lastHostsResult;

  private List<Host> hosts(String name, long hostId) throws ProtocolException {
    VirtualClient client = daemon.client().lockspace(Command.GET_HOSTS, 0, 0, name, hostId, "", 0);
    Reply reply = client.connection().lastReply();
    lastHostsResult = reply.result();
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < reply.header().data2(); i++) {
      hosts.add(Host.decode(reply.body()));
    }
    assertThat(reply.body().hasRemaining()).isFalse();
    return Collections.unmodifiableList(hosts);
  }

  @Test
  void hostStatusAndRenewalsOfAnUnknownLockspaceHaveNoRoom() {
    for (Command command : List.of(Command.HOST_STATUS, Command.RENEWAL)) {
      VirtualClient client = daemon.client().lockspace(command, 0, 0, "XX", 0, "", 0);
      assertThat(client.lastResult()).isEqualTo(ENOSPC);
      assertThat(client.closed()).isTrue();
    }
  }

  @Test
  void renewalsAreToldOldestFirstBeginningWithTheAcquire() throws ProtocolException {
    daemon.join(1, IO_TIMEOUT);
    world.time().advance(6);

    VirtualClient client = daemon.client().lockspace(Command.RENEWAL, 0, 0, "LS", 0, "", 0);

    Reply reply = client.connection().lastReply();
    assertThat(reply.header().data2()).isEqualTo(IO_TIMEOUT);
    List<Long> times = new ArrayList<>();
    while (reply.body().hasRemaining()) {
      StateRecord record = StateRecord.decode(reply.body());
      assertThat(record.type()).isEqualTo(StateRecord.RENEWAL);
      times.add(record.data64());
    }
    assertThat(times).hasSizeGreaterThan(3).isSorted();
  }

  /** protocol.md 4.5: these echo data2 where others have 0. */
  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"STATUS", "HOST_STATUS", "SET_CONFIG", "REG_EVENT", "END_EVENT"})
  void dataTwoIsEchoed(Command command) {
    daemon.join(1, IO_TIMEOUT);
    world.time().advance(6);
    VirtualClient client =
        daemon
            .client()
            .send(
                command,
                0,
                command == Command.SET_CONFIG ? ConfigValue.UNUSED : 0,
                0x55,
                payload -> {
                  if (command != Command.STATUS) {
                    new Lockspace(LeaseName.of("LS"), 1, 0, new Disk(DISK, 0)).encode(payload);
                  }
                  if (command == Command.REG_EVENT) {
                    new HostEvent(0, 0, 0, 0).encode(payload);
                  }
                });
    assertThat(client.lastResult()).isZero();
    assertThat(client.connection().lastReply().header().data2()).isEqualTo(0x55);
  }

  @Test
  void aRequestCanNotBeAnsweredTwice() throws ProtocolException {
    VirtualClient client = daemon.client();
    Request[] kept = new Request[1];
    MessageHeader header = MessageHeader.request(Command.VERSION, 0, 0, 0, 0);
    kept[0] =
        new Request(
            client.connection(),
            daemon.clients().all().iterator().next(),
            Command.VERSION,
            header,
            ByteBuffer.allocate(0),
            new CommandTrace(LeaseLog.NONE, 0),
            new RequestCounts());
    client.connection().close();
    kept[0].reply(0);

    assertThatThrownBy(() -> kept[0].reply(0)).isInstanceOf(IllegalStateException.class);
  }
}
