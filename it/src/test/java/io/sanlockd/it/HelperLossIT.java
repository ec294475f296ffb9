package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The helper process dies or hangs: it is replaced, and nobody goes unprotected meanwhile. */
@Execution(ExecutionMode.CONCURRENT)
class HelperLossIT {
  private static final int FAIL_SECONDS = 8 * Joining.IO_TIMEOUT;

  private static final int GRACE_SECONDS = 5;
  private static final double LATE_SECONDS = 2;

  /** A helper that was not heard for 60 seconds is dead, and it is not heard more than each 30. */
  private static final Duration HEARTBEAT_LIMIT = Duration.ofMinutes(2);

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String LS = Cluster.LOCKSPACE;

  @RegisterExtension final Scene scene = new Scene();

  private Storage storage;
  private Daemon daemon;
  private Path ran;
  private Victims victims;

  @BeforeEach
  void joinAndHold() throws Exception {
    if (Peers.isReferenceMode()) {
      Skip.because("the helper of the C daemon is not replaced (recovery.md 8.4)");
    }
    storage = scene.faultyStorage(3);
    daemon = scene.daemon(Peers.tested(), "host", "-g", Integer.toString(GRACE_SECONDS));
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace(LS, 0));
    Joining.join(daemon.cli(), storage.lockspace(LS, 1));
    ran = scene.directory().resolve("killpath-ran");
    Path program = Victim.killpathProgram(scene.directory(), ran);
    victims =
        scene.victims(
            daemon,
            Victim.holding(storage, LS, 1),
            Victim.holding(storage, LS, 2).withKillpath(true, program.toString()));
  }

  @Test
  void killedHelperIsReplacedByOneThatWorks() throws Exception {
    long first = helperPid();
    signal("KILL", first);
    long second = awaitOtherHelper(first, LIMIT);
    assertKillpathRuns();
    assertThat(helperPid()).isEqualTo(second);
  }

  @Test
  void helperThatHangsIsReplacedByOneThatWorks() throws Exception {
    long first = helperPid();
    signal("STOP", first);
    awaitOtherHelper(first, HEARTBEAT_LIMIT);
    assertThat(daemon.lastRenewal(LS)).as("renewals went on").isGreaterThan(0);
    assertKillpathRuns();
    Await.until("the old helper is gone", LIMIT, () -> ProcessHandle.of(first).isEmpty());
  }

  @Test
  void helperThatHangsDelaysNoSignal() throws Exception {
    signal("STOP", helperPid());
    double lost = daemon.awaitRenewal(LS) + (double) FAIL_SECONDS;
    storage.fault().failEverything();
    victims.awaitEnd(0, LIMIT, daemon);
    assertThat(victims.endStatus(0)).isEqualTo(Victims.SIGTERM);
    assertThat(victims.endTime(0)).isBetween(lost, lost + LATE_SECONDS);
    victims.awaitEnd(1, LIMIT, daemon);
    assertThat(victims.endStatus(1)).isEqualTo(Victims.SIGKILL);
    assertThat(victims.endTime(1))
        .isBetween(lost + GRACE_SECONDS, lost + GRACE_SECONDS + LATE_SECONDS);
    daemon.awaitNoLockspace();
  }

  private void assertKillpathRuns() throws Exception {
    storage.fault().failEverything();
    Await.value(
        "the killpath ran", LIMIT, () -> Files.exists(ran), Boolean::booleanValue, daemon::logTail);
    victims.awaitEnd(1, LIMIT, daemon);
    assertThat(Files.readAllLines(ran)).containsExactly(victims.pid(1) + ",");
  }

  private long awaitOtherHelper(long old, Duration limit) throws Exception {
    return Await.value(
        "another helper runs",
        limit,
        this::helperPid,
        pid -> pid > 0 && pid != old && ProcessHandle.of(pid).isPresent(),
        daemon::logTail);
  }

  private long helperPid() throws IOException {
    return daemon.statusNumber("daemon ", "helper_pid");
  }

  private static void signal(String name, long pid) throws IOException {
    Command.run(List.of("/bin/kill", "-" + name, Long.toString(pid)), Map.of(), LIMIT).succeeded();
  }
}
