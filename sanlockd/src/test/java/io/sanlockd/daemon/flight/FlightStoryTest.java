package io.sanlockd.daemon.flight;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.VirtualWdmd;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.model.flight.FlightLife;
import io.sanlockd.model.flight.FlightRecord;
import io.sanlockd.model.flight.FlightScan;
import io.sanlockd.posix.Signals;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.RequestForce;
import io.sanlockd.protocol.ResourceFlags;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole daemon tells about itself, in the order in which it happened. */
class FlightStoryTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int PID = 7;
  private static final int EAGAIN = -11;
  private static final int EALREADY = -114;
  private static final int IDLIVE = -243;

  @TempDir Path directory;
  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualWdmd wdmd = new VirtualWdmd(world.time(), 10, 60);
  private final FlightRecorder recorder = new FlightRecorder(world.time());

  @AfterEach
  void endWorld() {
    world.close();
  }

  private List<FlightRecord> written() throws IOException {
    Path file = directory.resolve("flight");
    FlightWriter writer =
        recorder.writer(
            new FlightSettings(
                file, FlightLayout.MIN_KILOBYTES, FlightLife.NO_BOOT, 1, LeaseName.of("a")),
            LeaseLog.NONE);
    while (writer.turn()) {
      // More is waiting.
    }
    writer.close();
    try (FileChannel channel = FileChannel.open(file)) {
      return FlightScan.read(channel).records();
    }
  }

  private static List<EventKind> kinds(List<FlightRecord> records) {
    List<EventKind> kinds = new ArrayList<>();
    for (FlightRecord record : records) {
      EventKind kind = record.event().orElseThrow();
      if (kinds.isEmpty() || kinds.get(kinds.size() - 1) != kind) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  private static List<FlightRecord> only(List<FlightRecord> records, EventKind kind) {
    return records.stream().filter(r -> r.kind() == kind.number()).toList();
  }

  private void hangStorageAfterARenewal() {
    long before = world.delta(1).timestamp();
    while (world.delta(1).timestamp() == before) {
      world.time().advance(0.5);
    }
    world.disks().file(DISK).hang();
  }

  @Test
  void theLossOfTheStorageIsToldStepByStep() throws IOException {
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    VirtualClient holder = daemon.holder(PID, VirtualClient.resource(1));
    hangStorageAfterARenewal();
    world.time().advance(FAIL_SECONDS + VirtualDaemon.GRACE_SECONDS + 3);
    holder.die();
    world.time().advance(2);

    List<FlightRecord> records = written();
    assertThat(kinds(records))
        .containsSubsequence(
            EventKind.STARTED,
            EventKind.RENEWED,
            EventKind.WATCHDOG_ARMED,
            EventKind.JOINED,
            EventKind.GRANTED,
            EventKind.RENEWED,
            EventKind.WATCHDOG_UPDATED,
            EventKind.RENEWAL_FAILED,
            EventKind.RENEWAL_LATE,
            EventKind.STOPPING,
            EventKind.SIGNAL,
            EventKind.PROCESS_GONE,
            EventKind.ALL_GONE,
            EventKind.WATCHDOG_DISARMED);
    FlightRecord joined = only(records, EventKind.JOINED).get(0);
    assertThat(List.of(joined.a(), joined.b(), joined.c())).containsExactly(1L, 1L, 2L);
    assertThat(joined.lockspace()).isEqualTo(LeaseName.of("LS"));
    FlightRecord granted = only(records, EventKind.GRANTED).get(0);
    assertThat(granted.a()).isEqualTo(PID);
    FlightRecord failed = only(records, EventKind.RENEWAL_FAILED).get(0);
    assertThat(failed.a()).isEqualTo(-202);
    List<FlightRecord> late = only(records, EventKind.RENEWAL_LATE);
    assertThat(late.get(0).a()).isEqualTo(6 * IO_TIMEOUT);
    assertThat(late).allMatch(record -> record.a() + record.b() == FAIL_SECONDS);
    FlightRecord stopping = only(records, EventKind.STOPPING).get(0);
    assertThat(stopping.text()).isEqualTo("EXPIRED");
    assertThat(stopping.a()).isEqualTo(FAIL_SECONDS);
    List<FlightRecord> signals = only(records, EventKind.SIGNAL);
    assertThat(signals).allMatch(record -> record.a() == PID);
    assertThat(signals)
        .extracting(record -> (int) record.b())
        .isEqualTo(holder.process().signals())
        .startsWith(Signals.TERM)
        .endsWith(Signals.KILL);
    assertThat(only(records, EventKind.PROCESS_GONE).get(0).a()).isEqualTo(PID);
  }

  @Test
  void aRefusalAReleaseAndAnOrderlyLeaveAreTold() throws IOException {
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    VirtualClient holder = daemon.holder(PID, VirtualClient.resource(1));
    VirtualClient other = daemon.registered(8).acquire(0, VirtualClient.resource(1));
    world.time().advance(1);
    assertThat(other.lastResult()).isNegative();
    holder.releaseAll();
    world.time().advance(1);
    daemon.client().add("LS", 1, DISK, 0, IO_TIMEOUT);
    daemon.client().standard(io.sanlockd.protocol.Command.REM_LOCKSPACE, 0);
    world.time().advance(5);

    List<FlightRecord> records = written();
    assertThat(kinds(records))
        .containsSubsequence(
            EventKind.GRANTED,
            EventKind.REFUSED,
            EventKind.RELEASED,
            EventKind.STOPPING,
            EventKind.ALL_GONE,
            EventKind.WATCHDOG_DISARMED,
            EventKind.LEFT);
    FlightRecord refused = only(records, EventKind.REFUSED).get(0);
    assertThat(List.of(refused.a(), refused.b())).containsExactly(8L, (long) other.lastResult());
    assertThat(only(records, EventKind.STOPPING).get(0).text()).isEqualTo("REMOVED");
  }

  private static List<List<Long>> numbers(List<FlightRecord> records, EventKind kind) {
    return only(records, kind).stream().map(r -> List.of(r.a(), r.b(), r.c())).toList();
  }

  @Test
  void aRefusalNamesTheLeaseThatWasInTheWayAndItsOwner() throws IOException {
    world.daemon("b").join(2, IO_TIMEOUT).holder(PID, VirtualClient.resource(2));
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    world.time().advance(3 * IO_TIMEOUT);
    VirtualClient client = daemon.registered(8);
    client.acquire(0, VirtualClient.resource(1), VirtualClient.resource(2));
    world.time().advance(IO_TIMEOUT);
    assertThat(client.lastResult()).isEqualTo(IDLIVE);

    List<FlightRecord> records = written();
    assertThat(numbers(records, EventKind.REFUSED)).containsExactly(List.of(8L, (long) IDLIVE, 2L));
    assertThat(only(records, EventKind.REFUSED).get(0).text()).isEqualTo("r2");
    assertThat(only(records, EventKind.GRANTED)).isEmpty();
  }

  @Test
  void aProposalThatIsWithdrawnIsNoRelease() throws IOException {
    world.daemon("b").join(2, IO_TIMEOUT).holder(PID, VirtualClient.shared(1));
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    VirtualClient client = daemon.registered(8).acquire(0, VirtualClient.resource(1));
    world.time().advance(IO_TIMEOUT);
    assertThat(client.lastResult()).isEqualTo(EAGAIN);

    List<FlightRecord> records = written();
    assertThat(numbers(records, EventKind.REFUSED)).containsExactly(List.of(8L, (long) EAGAIN, 0L));
    assertThat(only(records, EventKind.RELEASED)).isEmpty();
  }

  @Test
  void conversionsAreToldWhenTheyBeginAndHowTheyEnd() throws IOException {
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    VirtualClient client = daemon.holder(PID, VirtualClient.resource(1));
    client.convert(0, VirtualClient.shared(1));
    world.time().advance(1);
    assertThat(client.lastResult()).isZero();
    client.convert(0, VirtualClient.shared(1));
    VirtualClient sharer = world.daemon("b").join(2, IO_TIMEOUT).holder(8, VirtualClient.shared(1));
    client.convert(0, VirtualClient.resource(1));
    world.time().advance(1);
    assertThat(client.lastResult()).isEqualTo(EAGAIN);
    sharer.releaseAll();
    client.convert(0, VirtualClient.resource(1));
    world.time().advance(1);
    assertThat(client.lastResult()).isZero();

    List<FlightRecord> records = written();
    long pid = PID;
    assertThat(numbers(records, EventKind.CONVERTING))
        .containsExactly(
            List.of(pid, 1L, 0L), List.of(pid, 1L, 0L), List.of(pid, 0L, 0L), List.of(pid, 0L, 0L));
    assertThat(numbers(records, EventKind.CONVERTED))
        .containsExactly(List.of(pid, 1L, 1L), List.of(pid, world.leader(1).lver(), 0L));
    assertThat(numbers(records, EventKind.CONVERT_REFUSED))
        .containsExactly(List.of(pid, (long) EALREADY, 0L), List.of(pid, (long) EAGAIN, 0L));
    assertThat(kinds(records))
        .containsSubsequence(
            EventKind.GRANTED,
            EventKind.CONVERTING,
            EventKind.CONVERTED,
            EventKind.CONVERTING,
            EventKind.CONVERT_REFUSED,
            EventKind.CONVERTING,
            EventKind.CONVERTED);
  }

  @Test
  void aConversionThatEndsHalfwayIsNotToldAsOneThatChangedNothing() throws IOException {
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    VirtualClient client = daemon.holder(PID, VirtualClient.resource(1));
    world.disks().file(DISK).hangAfter(1);
    client.convert(0, VirtualClient.shared(1));
    world.time().advance(IO_TIMEOUT + 1);
    client.die();
    world.disks().file(DISK).heal();
    world.time().advance(3 * IO_TIMEOUT);

    List<FlightRecord> records = written();
    assertThat(only(records, EventKind.CONVERT_HALFWAY)).hasSize(1);
    assertThat(only(records, EventKind.CONVERT_REFUSED)).isEmpty();
  }

  @Test
  void anOrphanIsTold() throws IOException {
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    daemon.holder(PID, VirtualClient.resource(1).withFlags(ResourceFlags.PERSISTENT)).die();
    world.time().advance(1);
    List<FlightRecord> records = written();
    assertThat(numbers(records, EventKind.ORPHANED)).containsExactly(List.of((long) PID, 0L, 0L));
    assertThat(only(records, EventKind.ORPHANED).get(0).text()).isEqualTo("r1");
  }

  @Test
  void aRequestOfAnotherHostIsToldBeforeTheHolderIsStopped() throws IOException {
    final VirtualDaemon asking = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    VirtualClient holder = daemon.holder(PID, VirtualClient.resource(1));
    world.time().advance(3 * IO_TIMEOUT);
    int next = CommandFlags.REQUEST_NEXT_LVER;
    asking.client().request(next, RequestForce.FORCE, VirtualClient.resource(1));
    world.time().advance(6 * IO_TIMEOUT);
    assertThat(holder.process().signals()).containsExactly(Signals.KILL);

    List<FlightRecord> records = written();
    assertThat(numbers(records, EventKind.REQUESTED)).containsExactly(List.of((long) PID, 2L, 1L));
    assertThat(numbers(records, EventKind.SIGNAL))
        .containsExactly(List.of((long) PID, (long) Signals.KILL, 0L));
    assertThat(kinds(records)).containsSubsequence(EventKind.REQUESTED, EventKind.SIGNAL);
  }

  @Test
  void aLostWdmdIsToldOnceBeforeItsUsersAreStopped() throws IOException {
    VirtualDaemon daemon = world.daemon("a", wdmd, recorder).join(1, IO_TIMEOUT);
    daemon.holder(PID, VirtualClient.resource(1));
    wdmd.die();
    world.time().advance(10);
    List<FlightRecord> records = written();
    assertThat(kinds(records)).containsSubsequence(EventKind.WATCHDOG_LOST, EventKind.STOPPING);
    assertThat(only(records, EventKind.WATCHDOG_LOST)).hasSize(1);
    assertThat(only(records, EventKind.STOPPING).get(0).text()).isEqualTo("UNGUARDED");
  }

  /** Afterwards the host may be gone. */
  @Test
  void aSignalIsToldBeforeItIsSent() {
    List<Integer> sentWhenTold = new ArrayList<>();
    List<VirtualClient> holders = new ArrayList<>();
    DaemonEvents listener =
        (kind, space, subject, a, b, c) -> {
          if (kind == EventKind.SIGNAL) {
            sentWhenTold.add(holders.get(0).process().signals().size());
          }
        };
    VirtualDaemon daemon = world.daemon("a", wdmd, listener).join(1, IO_TIMEOUT);
    holders.add(daemon.holder(PID, VirtualClient.resource(1)));
    hangStorageAfterARenewal();
    world.time().advance(FAIL_SECONDS + 2);
    assertThat(sentWhenTold).startsWith(0, 1);
  }
}
