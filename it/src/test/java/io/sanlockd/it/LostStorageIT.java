package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.it.fault.Fault;
import io.sanlockd.it.fault.FaultFile;
import io.sanlockd.it.fault.FileIo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The storage of a lockspace goes away under a real daemon: who is stopped, how, and when
 * (timeouts.md 4, recovery.md 4). Time 0 is the last renewal, in whole seconds as daemons count.
 */
@Execution(ExecutionMode.CONCURRENT)
class LostStorageIT {
  /** Of a lockspace with an io_timeout of 1 second. */
  private static final int FAIL_SECONDS = 8;

  private static final int GRACE_SECONDS = 6;

  /** A pass a second, and a second for a machine that does something else. */
  private static final double LATE_SECONDS = 2;

  private static final int CROWD = 200;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int HOST_ID_1_TIMESTAMP = 152;

  @RegisterExtension final Scene scene = new Scene();

  /** The ways of storage to go away. */
  enum Loss {
    HANGS {
      @Override
      Fault happen(FaultFile file) {
        return file.holdEverything();
      }
    },
    FAILS {
      @Override
      Fault happen(FaultFile file) {
        return file.failEverything();
      }
    },
    ONLY_WRITES_HANG {
      @Override
      Fault happen(FaultFile file) {
        return file.hold(Fault.Io.WRITE, 0, Long.MAX_VALUE);
      }
    };

    abstract Fault happen(FaultFile file);
  }

  @ParameterizedTest
  @EnumSource
  void processesAreStoppedInTheOrderAndAtTheTimesOfTheSpecification(Loss loss) throws Exception {
    Storage storage = scene.faultyStorage(8);
    Daemon daemon = joined(storage, "ls", 1);
    Path ran = scene.directory().resolve("killpath-ran");
    Path program = Victim.killpathProgram(scene.directory(), ran);
    Victims victims =
        scene.victims(
            daemon,
            Victim.holding(storage, "ls", 1),
            Victim.holding(storage, "ls", 2).survives(Victim.ALL),
            Victim.holding(storage, "ls", 3)
                .survives(Victim.ALL)
                .withKillpath(true, program.toString(), "one", "t\\ wo"),
            Victim.holding(storage, "ls", 4).restricting(Victim.RESTRICT_SIGTERM),
            Victim.holding(storage, "ls", 5)
                .survives(Victim.ALL)
                .restricting(Victim.RESTRICT_SIGKILL),
            Victim.holding(storage, "ls", 6).survives(Victim.ALL).closingItsConnection());
    daemon.awaitRenewal("ls");
    loss.happen(storage.fault());

    victims.awaitEnd(0, LIMIT, daemon);
    final double lost = daemon.lastRenewal("ls") + FAIL_SECONDS;
    final double graceEnd = lost + GRACE_SECONDS;
    assertThat(victims.endStatus(0)).isEqualTo(Victims.SIGTERM);
    assertThat(victims.endTime(0)).isBetween(lost, lost + LATE_SECONDS);

    for (int stubborn : new int[] {1, 2, 3, 5}) {
      victims.awaitEnd(stubborn, LIMIT, daemon);
      assertThat(victims.endStatus(stubborn)).as("end of %d", stubborn).isEqualTo(Victims.SIGKILL);
    }
    assertThat(victims.endTime(3)).isBetween(lost, lost + LATE_SECONDS);
    for (int stubborn : new int[] {1, 2, 5}) {
      assertThat(victims.endTime(stubborn))
          .as("end of %d", stubborn)
          .isBetween(graceEnd, graceEnd + LATE_SECONDS);
    }
    for (int termed : new int[] {1, 5}) {
      List<Double> terms = victims.termTimes(termed);
      assertThat(terms.get(0)).isBetween(lost, lost + LATE_SECONDS);
      assertThat(terms).hasSizeBetween(GRACE_SECONDS - 2, GRACE_SECONDS + 1);
    }
    assertThat(victims.termTimes(2)).isEmpty();
    assertThat(Files.readAllLines(ran)).containsExactly("one,t wo," + victims.pid(2) + ",");
    double runTime = Files.getLastModifiedTime(ran).toMillis() / 1e3;
    assertThat(runTime - wallMinusMonotonic()).isBetween(lost, lost + LATE_SECONDS);

    // The one that may not be killed still gets SIGTERM, and the lockspace waits for it.
    int before = victims.termTimes(4).size();
    Await.until("more SIGTERMs", LIMIT, () -> victims.termTimes(4).size() >= before + 2);
    assertThat(victims.ended(4)).isFalse();
    assertThat(daemon.lockspaces()).contains("s ls:1:").doesNotContain("REM");
    victims.kill9(4);
    Await.value(
        "the lockspace is left",
        LIMIT,
        daemon::lockspaces,
        text -> !text.contains("s ls:1:") || text.contains("REM"),
        daemon::logTail);
    assertThat(daemon.log()).contains("all pids clear");
    assertNothingWasWrittenToLeasesAfter(lost, storage);
    if (loss != Loss.ONLY_WRITES_HANG) {
      // A write in flight keeps the lockspace from being joined again; nothing else does.
      daemon.awaitNoLockspace();
      assertThat(hostIdTimestamp(storage)).as("the host_id is not given back").isNotZero();
    }
    storage.fault().heal();
    daemon.awaitNoLockspace();
  }

  @Test
  void storageThatComesBackDuringRecoveryEndsTheHasteButNotTheRecovery() throws Exception {
    Storage storage = scene.faultyStorage(4);
    Daemon daemon = joined(storage, "ls", 1);
    Victims victims = scene.victims(daemon, Victim.holding(storage, "ls", 1).survives(11));
    daemon.awaitRenewal("ls");
    storage.fault().holdEverything();
    Await.until("the first SIGTERM", LIMIT, () -> !victims.termTimes(0).isEmpty());
    long lastBefore = daemon.lastRenewal("ls");
    storage.fault().heal();
    victims.awaitEnd(0, LIMIT, daemon);
    assertThat(victims.endStatus(0)).as("it stopped by itself").isZero();
    assertThat(victims.endTime(0)).isGreaterThan(lastBefore + FAIL_SECONDS + GRACE_SECONDS + 1.0);
    daemon.awaitNoLockspace();
    assertThat(hostIdTimestamp(storage)).as("the host_id is given back").isZero();
  }

  @Test
  void twoLockspacesThatFailAtOnceAreStoppedEachAtItsTime() throws Exception {
    Storage fast = scene.faultyStorage(4);
    Storage slow = scene.faultyStorage(4);
    Daemon daemon = joined(fast, "fast", 1);
    joinAlso(daemon, slow, "slow", 2);
    Victims victims =
        scene.victims(
            daemon,
            Victim.holding(fast, "fast", 1),
            Victim.holding(slow, "slow", 1),
            Victim.holding(fast, "fast", 2).alsoHolding(slow, "slow", 2).survives(Victim.ALL));
    daemon.awaitRenewal("fast");
    daemon.awaitRenewal("slow");
    fast.fault().holdEverything();
    slow.fault().holdEverything();
    victims.awaitEnd(0, LIMIT, daemon);
    double fastLost = daemon.lastRenewal("fast") + FAIL_SECONDS;
    double slowLost = daemon.lastRenewal("slow") + 2 * FAIL_SECONDS;
    assertThat(victims.endTime(0)).isBetween(fastLost, fastLost + LATE_SECONDS);
    victims.awaitEnd(1, LIMIT, daemon);
    assertThat(victims.endTime(1)).isBetween(slowLost, slowLost + LATE_SECONDS);
    victims.awaitEnd(2, LIMIT, daemon);
    // Whichever lockspace comes first decides, and its SIGKILL is due before the other's.
    double graceEnd = fastLost + GRACE_SECONDS;
    assertThat(victims.endStatus(2)).isEqualTo(Victims.SIGKILL);
    assertThat(victims.endTime(2)).isBetween(graceEnd, graceEnd + LATE_SECONDS);
    assertThat(victims.termTimes(2)).hasSizeBetween(GRACE_SECONDS - 2, GRACE_SECONDS + 1);
    Await.value(
        "both lockspaces are left",
        LIMIT,
        daemon::lockspaces,
        text -> text.lines().allMatch(line -> line.contains("REM")),
        daemon::logTail);
  }

  @Test
  void processThatCanNotBeKilledKeepsTheLockspaceInRecovery() throws Exception {
    Storage other = scene.faultyStorage(1);
    Fault stuck = other.fault().holdEverything();
    Storage storage = scene.faultyStorage(4);
    Daemon daemon = joined(storage, "ls", 1);
    Victims victims =
        scene.victims(
            daemon,
            Victim.holding(storage, "ls", 1).survives(Victim.ALL).stuckReading(other.path()),
            Victim.holding(storage, "ls", 2));
    Await.until("the process is stuck", LIMIT, () -> stuck.heldCount() > 0);
    daemon.awaitRenewal("ls");
    storage.fault().holdEverything();
    victims.awaitEnd(1, LIMIT, daemon);
    Await.value(
        "SIGKILL was sent three times",
        LIMIT,
        daemon::log,
        log -> count(log, "kill " + victims.pid(0) + " sig 9 ") >= 3,
        daemon::logTail);
    assertThat(victims.ended(0)).isFalse();
    assertThat(daemon.lockspaces()).contains("s ls:1:").doesNotContain("REM");
    stuck.close();
    victims.awaitEnd(0, LIMIT, daemon);
    assertThat(victims.endStatus(0)).isEqualTo(Victims.SIGKILL);
    Await.value(
        "the lockspace is left",
        LIMIT,
        daemon::lockspaces,
        text -> text.isEmpty() || text.contains("REM"),
        daemon::logTail);
  }

  @Test
  void twoHundredProcessesAreAllSignalledWithinTwoSeconds() throws Exception {
    Storage storage = scene.faultyStorage(CROWD + 1);
    Daemon daemon = joined(storage, "ls", 2);
    Victim[] crowd = new Victim[CROWD];
    for (int i = 0; i < CROWD; i++) {
      crowd[i] = Victim.holding(storage, "ls", i + 1);
    }
    Victims victims = scene.victims(daemon, crowd);
    storage.fault().failEverything();
    Await.value(
        "all processes have ended",
        LIMIT,
        victims::allEnded,
        Boolean::booleanValue,
        daemon::logTail);
    DoubleSummaryStatistics ends =
        IntStream.range(0, CROWD).mapToDouble(victims::endTime).summaryStatistics();
    System.out.printf(
        "%d processes signalled within %.3f s%n", CROWD, ends.getMax() - ends.getMin());
    double lost = lastSuccessInLog(daemon) + 2 * FAIL_SECONDS;
    assertThat(ends.getMin()).isBetween(lost, lost + LATE_SECONDS);
    assertThat(ends.getMax() - ends.getMin()).isLessThan(2);
    for (int i = 0; i < CROWD; i++) {
      assertThat(victims.endStatus(i)).isEqualTo(Victims.SIGTERM);
    }
    daemon.awaitNoLockspace();
  }

  /** A write to a frozen file system does not even come back from its submission. */
  @Test
  void submissionThatHangsDelaysNeitherSupervisionNorOtherClients() throws Exception {
    FrozenFileSystem fileSystem = scene.freezableFileSystem();
    Storage storage = Storage.create(Storage.Kind.FILE, fileSystem.directory(), 4);
    Daemon daemon = joined(storage, "ls", 1);
    Victims victims =
        scene.victims(
            daemon,
            Victim.holding(storage, "ls", 1),
            Victim.holding(storage, "ls", 2).survives(Victim.ALL));
    daemon.awaitRenewal("ls");
    fileSystem.freeze();
    victims.awaitEnd(0, LIMIT, daemon);
    double lost = daemon.lastRenewal("ls") + FAIL_SECONDS;
    assertThat(victims.endTime(0)).isBetween(lost, lost + LATE_SECONDS);
    victims.awaitEnd(1, LIMIT, daemon);
    assertThat(victims.endStatus(1)).isEqualTo(Victims.SIGKILL);
    assertThat(victims.endTime(1))
        .isBetween(lost + GRACE_SECONDS, lost + GRACE_SECONDS + LATE_SECONDS);
    assertThat(Wire.answers(daemon.socket())).isTrue();
    fileSystem.thaw();
    daemon.awaitNoLockspace();
  }

  private Daemon joined(Storage storage, String lockspace, int ioTimeoutSeconds) throws Exception {
    Daemon daemon =
        scene.daemon(Peers.tested(), "host", "-g", Integer.toString(GRACE_SECONDS), "-R", "1");
    joinAlso(daemon, storage, lockspace, ioTimeoutSeconds);
    return daemon;
  }

  private static void joinAlso(
      Daemon daemon, Storage storage, String lockspace, int ioTimeoutSeconds) throws Exception {
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace(lockspace, 0));
    Joining.join(daemon.cli(), storage.lockspace(lockspace, 1), ioTimeoutSeconds);
  }

  /** For when the only lockspace is gone already. */
  private static long lastSuccessInLog(Daemon daemon) {
    Matcher matcher = Pattern.compile("renewal error .* last_success (\\d+)").matcher(daemon.log());
    assertThat(matcher.find()).as("a failed renewal in the log").isTrue();
    return Long.parseLong(matcher.group(1));
  }

  private static long hostIdTimestamp(Storage storage) throws Exception {
    return storage.read(HOST_ID_1_TIMESTAMP, Long.BYTES).getLong();
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static double wallMinusMonotonic() {
    return System.currentTimeMillis() / 1e3 - System.nanoTime() / 1e9;
  }

  private static void assertNothingWasWrittenToLeasesAfter(double seconds, Storage storage) {
    for (FileIo io : storage.fault().seen()) {
      if (io.write() && io.offset() >= Storage.AREA) {
        assertThat(io.nanos() / 1e9).as("%s", io).isLessThan(seconds);
      }
    }
  }
}
