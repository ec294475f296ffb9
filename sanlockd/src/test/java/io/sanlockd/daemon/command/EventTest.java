package io.sanlockd.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.EventChannels;
import io.sanlockd.daemon.world.FakeConnection.FakeChannel;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.EventMessage;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** REG_EVENT, END_EVENT, SET_EVENT and delivery between hosts (protocol.md 10; lockspace.md 10). */
class EventTest {
  private static final int ENOENT = -2;
  private static final int EBUSY = -16;
  private static final int EINVAL = -22;
  private static final int ENOCSI = -50;
  private static final int IO_TIMEOUT = 1;
  private static final int RENEWAL_SECONDS = 2 * IO_TIMEOUT;
  private static final int KEPT_SECONDS = 6 * IO_TIMEOUT;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon sender = world.daemon("a").join(1, IO_TIMEOUT);
  private final VirtualDaemon receiver = world.daemon("b").join(2, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private static VirtualClient send(
      VirtualDaemon daemon, Command command, int flags, String space, HostEvent event) {
    return daemon
        .client()
        .send(
            command,
            flags,
            0,
            0,
            payload -> {
              new Lockspace(LeaseName.of(space), 0, 0, new Disk("", 0)).encode(payload);
              event.encode(payload);
            });
  }

  private static FakeChannel listen(VirtualDaemon daemon) {
    VirtualClient client = send(daemon, Command.REG_EVENT, 0, "LS", HostEvent.NONE);
    assertThat(client.lastResult()).isZero();
    return client.connection().channel();
  }

  private int set(int flags, long hostId, long generation, long event, long data) {
    HostEvent wanted = new HostEvent(hostId, generation, event, data);
    return send(sender, Command.SET_EVENT, flags, "LS", wanted).lastResult();
  }

  private int endEvent(String space) {
    VirtualClient client = receiver.client();
    client.lockspace(Command.END_EVENT, 0, 0, space, 0, "", 0);
    assertThat(client.closed()).isTrue();
    return client.lastResult();
  }

  private static List<EventMessage> received(FakeChannel channel) {
    List<EventMessage> events = new ArrayList<>();
    for (byte[] bytes : channel.messages()) {
      try {
        events.add(EventMessage.decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
      } catch (ProtocolException e) {
        throw new IllegalStateException(e);
      }
    }
    return events;
  }

  @Test
  void anEventReachesItsHostWithEveryRenewalOfItsSenderForAWhile() {
    FakeChannel channel = listen(receiver);
    FakeChannel own = listen(sender);

    assertThat(set(0, 2, 1, 17, 34)).isZero();
    world.time().advance(4 * KEPT_SECONDS);

    EventMessage expected = new EventMessage(new HostEvent(2, 1, 17, 34), 1, 1);
    assertThat(received(channel)).containsOnly(expected);
    assertThat(received(channel)).hasSizeBetween(2, KEPT_SECONDS / RENEWAL_SECONDS + 1);
    assertThat(own.messages()).isEmpty();
  }

  @Test
  void theCurrentGenerationOfTheHostCanBeFilledIn() {
    FakeChannel channel = listen(receiver);

    assertThat(set(CommandFlags.EVENT_CUR_GENERATION, 2, 0, 5, 6)).isZero();
    world.time().advance(KEPT_SECONDS);

    assertThat(received(channel).get(0).event().generation()).isEqualTo(1);
  }

  @Test
  void upTo32HearItAndOneMoreIsRefusedUntilOneHasGoneAway() {
    List<FakeChannel> channels = new ArrayList<>();
    for (int i = 0; i < EventChannels.LIMIT; i++) {
      channels.add(listen(receiver));
    }
    VirtualClient refused = send(receiver, Command.REG_EVENT, 0, "LS", HostEvent.NONE);
    assertThat(refused.lastResult()).isEqualTo(ENOCSI);
    assertThat(refused.closed()).isTrue();

    channels.get(7).end(false);
    FakeChannel late = listen(receiver);
    set(0, 2, 1, 1, 1);
    world.time().advance(KEPT_SECONDS);

    assertThat(late.messages()).isNotEmpty();
    for (int i = 0; i < channels.size(); i++) {
      assertThat(channels.get(i).messages().isEmpty()).isEqualTo(i == 7);
    }
  }

  @Test
  void aChannelIsNoClientAnyMore() {
    int before = receiver.clients().all().size();

    listen(receiver);

    assertThat(receiver.clients().all()).hasSize(before);
  }

  @Test
  void aStuckReceiverHarmsNobodyAndIsDroppedInTheEnd() {
    FakeChannel stuck = listen(receiver);
    FakeChannel channel = listen(receiver);
    stuck.stuck();

    for (int i = 0; i < 6; i++) {
      assertThat(set(0, 2, 1, 9, i)).isZero();
      world.time().advance(KEPT_SECONDS);
    }

    assertThat(channel.messages()).hasSizeGreaterThan(10);
    assertThat(channel.closed()).isFalse();
    assertThat(stuck.closed()).isTrue();
  }

  @Test
  void endEventForgetsThoseThatHaveGoneAwayAndNoOthers() {
    FakeChannel done = listen(receiver);
    FakeChannel channel = listen(receiver);
    done.end(false);

    assertThat(endEvent("LS")).isZero();

    assertThat(done.closed()).isTrue();
    assertThat(channel.closed()).isFalse();
    assertThat(endEvent("LX")).isEqualTo(ENOENT);
    assertThat(endEvent("")).isEqualTo(EINVAL);
  }

  @Test
  void channelsEndWithTheirLockspace() {
    FakeChannel channel = listen(receiver);

    receiver.client().lockspace(Command.REM_LOCKSPACE, 0, 0, "LS", 2, World.DISK, 0);
    world.time().advance(4);

    assertThat(channel.closed()).isTrue();
  }

  @Test
  void registrationNeedsAnActiveLockspaceAndAConnectionOfItsOwn() {
    VirtualClient unnamed = send(receiver, Command.REG_EVENT, 0, "", HostEvent.NONE);
    assertThat(unnamed.lastResult()).isEqualTo(EINVAL);
    assertThat(unnamed.closed()).isTrue();
    VirtualClient unknown = send(receiver, Command.REG_EVENT, 0, "LX", HostEvent.NONE);
    assertThat(unknown.lastResult()).isEqualTo(ENOENT);
    assertThat(unknown.closed()).isTrue();

    VirtualClient registered = receiver.registered(7);
    registered.send(
        Command.REG_EVENT,
        0,
        0,
        0,
        payload -> {
          new Lockspace(LeaseName.of("LS"), 0, 0, new Disk("", 0)).encode(payload);
          HostEvent.NONE.encode(payload);
        });
    assertThat(registered.lastResult()).isEqualTo(EINVAL);
    assertThat(registered.closed()).isFalse();
  }

  @Test
  void setEventChecksItsTargetInEveryMode() {
    for (int flags : List.of(0, CommandFlags.EVENT_CLEAR_EVENT, CommandFlags.EVENT_ALL_HOSTS)) {
      assertThat(set(flags, 0, 1, 1, 1)).isEqualTo(EINVAL);
      assertThat(set(flags, -1, 1, 1, 1)).isEqualTo(EINVAL);
      assertThat(set(flags, 2001, 1, 1, 1)).isEqualTo(EINVAL);
    }
    HostEvent event = new HostEvent(2, 1, 1, 1);
    assertThat(send(sender, Command.SET_EVENT, 0, "", event).lastResult()).isEqualTo(EINVAL);
    assertThat(send(sender, Command.SET_EVENT, 0, "LX", event).lastResult()).isEqualTo(ENOENT);
  }

  @Test
  void anotherEventTooSoonIsRefusedUnlessItReplaces() {
    FakeChannel channel = listen(receiver);
    assertThat(set(0, 2, 1, 5, 6)).isZero();

    assertThat(set(0, 2, 1, 7, 6)).isEqualTo(EBUSY);
    assertThat(set(0, 2, 1, 5, 8)).isZero();
    assertThat(set(CommandFlags.EVENT_REPLACE, 2, 1, 7, 9)).isZero();
    world.time().advance(KEPT_SECONDS + 1);
    assertThat(set(0, 2, 1, 11, 12)).isZero();

    assertThat(received(channel)).contains(new EventMessage(new HostEvent(2, 1, 7, 9), 1, 1));
    assertThat(received(channel)).noneMatch(event -> event.event().event() == 5);
  }

  @Test
  void aClearedEventIsNotSentAndAnotherOneMayFollow() {
    FakeChannel channel = listen(receiver);
    set(0, 2, 1, 5, 6);

    assertThat(set(CommandFlags.EVENT_CLEAR_EVENT, 2, 0, 0, 0)).isZero();
    world.time().advance(KEPT_SECONDS);
    assertThat(channel.messages()).isEmpty();
    assertThat(set(0, 2, 1, 7, 8)).isZero();

    assertThat(set(CommandFlags.EVENT_CLEAR_HOSTID, 2, 0, 0, 0)).isZero();
    world.time().advance(KEPT_SECONDS);
    assertThat(channel.messages()).isEmpty();
  }

  @Test
  void allHostsHearAnEventForAllHosts() {
    VirtualDaemon third = world.daemon("c").join(3, IO_TIMEOUT);
    FakeChannel second = listen(receiver);
    FakeChannel other = listen(third);

    assertThat(set(CommandFlags.EVENT_ALL_HOSTS, 2, 1, 5, 6)).isZero();
    world.time().advance(KEPT_SECONDS);

    assertThat(second.messages()).isNotEmpty();
    assertThat(received(other).get(0)).isEqualTo(new EventMessage(new HostEvent(3, 1, 5, 6), 1, 1));
  }

  /** The former target would take the new event for its own. */
  @Test
  void upstreamDefectAReplacedEventReachesTheTargetOfTheFormerOne() {
    VirtualDaemon third = world.daemon("c").join(3, IO_TIMEOUT);
    FakeChannel former = listen(receiver);
    FakeChannel target = listen(third);
    set(0, 2, 1, 5, 6);

    set(CommandFlags.EVENT_REPLACE, 3, 1, 7, 8);
    world.time().advance(KEPT_SECONDS);

    assertThat(former.messages()).isEmpty();
    assertThat(target.messages()).isNotEmpty();
  }
}
