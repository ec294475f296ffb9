package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.it.fault.Fault;
import io.sanlockd.wdmd.testing.DeviceOperation;
import io.sanlockd.wdmd.testing.DeviceOperation.Kind;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the watchdog device sees of a host that lives, loses its storage or loses its daemon, with
 * either implementation of daemon and wdmd (wdmd.md 5, timeouts.md 4). In every pair of peers the
 * first is the daemon and the second wdmd.
 */
@Execution(ExecutionMode.CONCURRENT)
class WatchdogIT {
  /** Long enough that a busy machine does not come near the limits of a healthy host. */
  private static final int CALM_IO_TIMEOUT = 4;

  /** The shortest that wdmd's test interval allows. */
  private static final int IO_TIMEOUT = 2;

  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int GRACE_SECONDS = 6;
  private static final double LATE_SECONDS = 2;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String LS = Cluster.LOCKSPACE;

  @RegisterExtension final Scene scene = new Scene();

  static Stream<Peers> ourDaemon() {
    return Peers.all().filter(peers -> peers.a() == Implementation.JAVA);
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void deviceIsPingedWhileLockspacesLiveAndClosedCleanlyOnlyAfterTheLastOneIsLeft(Peers peers)
      throws Exception {
    Storage first = scene.storage(Storage.Kind.FILE, 2);
    Storage second = scene.storage(Storage.Kind.FILE, 2);
    WatchdogHost host = scene.watchdogHost(peers.b());
    Daemon daemon = scene.daemon(host, peers.a());
    join(daemon, first, "first", CALM_IO_TIMEOUT);
    join(daemon, second, "second", CALM_IO_TIMEOUT);
    assertThat(host.operations(Kind.KEEPALIVE)).as("armed before it is used").isNotEmpty();
    assertTermIsIgnored(host);

    assertThat(daemon.cli().client("rem_lockspace", "-s", first.lockspace("first", 1)).done())
        .isZero();
    assertTermIsIgnored(host);
    host.awaitOperation(Kind.KEEPALIVE, host.operations(Kind.KEEPALIVE).size());
    assertThat(host.closedCleanly()).as("disarmed; %s", host).isFalse();

    assertThat(daemon.cli().client("rem_lockspace", "-s", second.lockspace("second", 1)).done())
        .isZero();
    host.endWdmdCleanly();
    assertThat(host.operations(Kind.CLOSE_UNCLEAN)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void pingsStopInTimeWhenRenewalsStopAndAProcessCanNotBeStopped(Peers peers) throws Exception {
    Storage other = scene.faultyStorage(1);
    Fault stuck = other.fault().holdEverything();
    Storage storage = scene.faultyStorage(2);
    WatchdogHost host = scene.watchdogHost(peers.b());
    Daemon daemon = joined(host, peers, storage);
    Victims victims =
        scene.victims(daemon, Victim.holding(storage, LS, 1).stuckReading(other.path()));
    Await.until("the process is stuck", LIMIT, () -> stuck.heldCount() > 0);
    daemon.awaitRenewal(LS);
    final int uncleanBefore = host.operations(Kind.CLOSE_UNCLEAN).size();
    storage.fault().holdEverything();

    DeviceOperation close = host.awaitOperation(Kind.CLOSE_UNCLEAN, uncleanBefore);
    final double expire = (double) daemon.lastRenewal(LS) + FAIL_SECONDS;
    assertClosedInTime(host, close, expire);
    awaitTime(expire + 2 * GRACE_SECONDS);
    assertFiresInTime(host, expire);
    assertThat(victims.ended(0)).isFalse();

    // The last process ends: that averts the reset, although the storage is still gone.
    final int opens = host.operations(Kind.OPEN).size();
    stuck.close();
    victims.awaitEnd(0, LIMIT, daemon);
    host.awaitOperation(Kind.OPEN, opens);
    host.endWdmdCleanly();
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void killedDaemonHasTheHostReset(Peers peers) throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    WatchdogHost host = scene.watchdogHost(peers.b());
    Daemon daemon = joined(host, peers, storage);
    scene.victims(daemon, Victim.holding(storage, LS, 1));
    final double expire = (double) daemon.awaitRenewal(LS) + FAIL_SECONDS;
    final int uncleanBefore = host.operations(Kind.CLOSE_UNCLEAN).size();
    daemon.kill9();
    assertTermIsIgnored(host);
    DeviceOperation close = host.awaitOperation(Kind.CLOSE_UNCLEAN, uncleanBefore);
    assertClosedInTime(host, close, expire);
    awaitTime(expire + WatchdogHost.TEST_SECONDS);
    assertFiresInTime(host, expire);
    assertTermIsIgnored(host);
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void stoppedDaemonHasTheHostResetUnlessItGoesOn(Peers peers) throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    WatchdogHost host = scene.watchdogHost(peers.b());
    Daemon daemon = joined(host, peers, storage);
    final double expire = (double) daemon.awaitRenewal(LS) + FAIL_SECONDS;
    final int uncleanBefore = host.operations(Kind.CLOSE_UNCLEAN).size();
    daemon.signal("STOP");
    DeviceOperation close = host.awaitOperation(Kind.CLOSE_UNCLEAN, uncleanBefore);
    assertClosedInTime(host, close, expire);
    awaitTime(expire + GRACE_SECONDS);
    assertFiresInTime(host, expire);
    final int opens = host.operations(Kind.OPEN).size();
    daemon.signal("CONT");
    host.awaitOperation(Kind.OPEN, opens);
    assertThat(Wire.answers(daemon.socket())).isTrue();
  }

  /** The C daemon dies of SIGPIPE at its next renewal (wdmd.md 9). */
  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("ourDaemon")
  void killedWdmdHasTheHostResetAndOurProcessesStoppedBefore(Peers peers) throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 3);
    WatchdogHost host = scene.watchdogHost(peers.b());
    Daemon daemon = joined(host, peers, storage);
    Victims victims =
        scene.victims(
            daemon,
            Victim.holding(storage, LS, 1),
            Victim.holding(storage, LS, 2).survives(Victim.ALL));
    daemon.awaitRenewal(LS);
    final int uncleanBefore = host.operations(Kind.CLOSE_UNCLEAN).size();
    final double killed = System.nanoTime() / 1e9;
    Command.kill9(host.wdmd());
    DeviceOperation close = host.awaitOperation(Kind.CLOSE_UNCLEAN, uncleanBefore);
    victims.awaitEnd(0, LIMIT, daemon);
    assertThat(victims.endTime(0)).isBetween(killed, killed + LATE_SECONDS);
    victims.awaitEnd(1, LIMIT, daemon);
    assertThat(victims.endStatus(1)).isEqualTo(Victims.SIGKILL);
    daemon.awaitNoLockspace();

    // Nobody may pet it again before the reset, not even a new wdmd.
    Process next = host.launchWdmd();
    scene.own(next::destroyForcibly);
    assertThat(Command.ended(next, LIMIT)).isTrue();
    assertThat(next.exitValue()).isNotZero();
    assertThat(host.resetTime()).isEqualTo(WatchdogHost.seconds(close) + WatchdogHost.FIRE_SECONDS);
    assertThat(host.resetTime()).isGreaterThan(victims.endTime(1));
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void stoppedWdmdPingsNothing(Peers peers) throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    WatchdogHost host = scene.watchdogHost(peers.b());
    Daemon daemon = joined(host, peers, storage);
    host.signalWdmd("STOP");
    DeviceOperation last = host.operations().get(host.operations().size() - 1);
    awaitTime(WatchdogHost.seconds(last) + 2 * WatchdogHost.TEST_SECONDS);
    assertThat(host.operations()).endsWith(last);
    assertThat(Wire.answers(daemon.socket())).isTrue();
    host.signalWdmd("CONT");
    Await.until(
        "wdmd goes on",
        LIMIT,
        () -> host.operations().size() > host.operations().indexOf(last) + 1);
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void withoutWdmdNoLockspaceIsJoined(Peers peers) throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    WatchdogHost host = scene.watchdogHost(peers.b());
    host.endWdmdCleanly();
    Daemon daemon = scene.daemon(host, peers.a());
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace(LS, 0));
    Command.Result result =
        daemon.cli().client("add_lockspace", "-s", storage.lockspace(LS, 1), "-o", "2");
    assertThat(result.done()).as("%s", result).isEqualTo(-203);
    assertThat(storage.read(0, 512).getLong(152)).as("nothing was taken on disk").isZero();
    daemon.awaitNoLockspace();
  }

  private Daemon joined(WatchdogHost host, Peers peers, Storage storage) throws Exception {
    Daemon daemon = scene.daemon(host, peers.a(), "-g", Integer.toString(GRACE_SECONDS), "-R", "1");
    join(daemon, storage, LS, IO_TIMEOUT);
    return daemon;
  }

  private static void join(Daemon daemon, Storage storage, String lockspace, int ioTimeoutSeconds)
      throws Exception {
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace(lockspace, 0));
    Joining.join(daemon.cli(), storage.lockspace(lockspace, 1), ioTimeoutSeconds);
  }

  private static void assertTermIsIgnored(WatchdogHost host) throws Exception {
    host.signalWdmd("TERM");
    // The signal came before the first question, and so was read before the second at the latest.
    assertThat(host.answers()).as("wdmd goes on").isTrue();
    assertThat(host.answers()).as("wdmd goes on").isTrue();
    assertThat(host.wdmd().isAlive()).isTrue();
    assertThat(host.closedCleanly()).as("disarmed; %s", host).isFalse();
  }

  private static void assertClosedInTime(WatchdogHost host, DeviceOperation close, double expire) {
    assertThat(WatchdogHost.seconds(close)).isLessThan(expire + host.latenessSeconds());
  }

  /** The reset comes within the fire timeout of the expiry and not earlier than it may. */
  private static void assertFiresInTime(WatchdogHost host, double expire) {
    assertThat(host.resetTime())
        .as("%s", host)
        .isBetween(
            expire - WatchdogHost.TEST_SECONDS - 1 + WatchdogHost.FIRE_SECONDS,
            expire + host.latenessSeconds() + WatchdogHost.FIRE_SECONDS);
  }

  /** Lets time pass in which nothing must happen. */
  private static void awaitTime(double seconds) throws Exception {
    Await.until("it is late enough", LIMIT, () -> System.nanoTime() / 1e9 > seconds);
  }
}
