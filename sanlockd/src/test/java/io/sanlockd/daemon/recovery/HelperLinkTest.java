package io.sanlockd.daemon.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.work.Descriptors;
import io.sanlockd.daemon.work.ThreadWorkers;
import io.sanlockd.daemon.work.Workers;
import io.sanlockd.helper.SanlockHelper;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.testing.Skip;
import io.sanlockd.posix.Epoll;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Signals;
import io.sanlockd.posix.Users;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link with a real helper process; the test's thread plays the main loop. */
class HelperLinkTest {
  private static final long PATIENCE_SECONDS = 30;

  /** No process has this pid. */
  private static final int NOBODY = Integer.MAX_VALUE;

  private final AtomicLong seconds = new AtomicLong(1000);
  private final Clock clock = () -> seconds.get() * Clock.SECOND_NANOS;
  private final LinkedBlockingQueue<Runnable> mainLoop = new LinkedBlockingQueue<>();
  private final Map<Integer, Runnable> watched = new HashMap<>();
  private final List<String> command = new ArrayList<>();
  private final List<Process> keepers = new ArrayList<>();
  private Epoll epoll;
  private Descriptors descriptors;
  private Workers workers;
  private HelperLink link;

  @BeforeEach
  void start() throws Exception {
    epoll = Epoll.create(8);
    descriptors =
        new Descriptors() {
          @Override
          public void watch(int fd, Runnable onReady) throws PosixException {
            epoll.add(fd, Epoll.IN, fd);
            watched.put(fd, onReady);
          }

          @Override
          public void unwatch(int fd) {
            watched.remove(fd);
            try {
              epoll.remove(fd);
            } catch (PosixException e) {
              throw new AssertionError(e);
            }
          }
        };
    workers =
        new ThreadWorkers(
            2,
            100,
            mainLoop::add,
            e -> {
              throw new AssertionError(e);
            });
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx8m",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            SanlockHelper.class.getName()));
    link = new HelperLink(command, true, descriptors, workers, clock, LeaseLog.NONE);
    link.start();
  }

  /** From here on there is a keeper, as when the daemon will give up root. */
  private ProcessHandle useKeeper() throws Exception {
    Skip.unless(Users.effectiveUid() == 0, "needs root");
    ProcessHandle.of(link.pid()).orElseThrow().destroyForcibly();
    runUntil(() -> !link.available());
    link = new HelperLink(command, true, descriptors, workers, clock, LeaseLog.NONE);
    command.add(SanlockHelper.KEEP);
    HelperProcess keeper = HelperProcess.start(command, true, true);
    keepers.add(keeper.process());
    link.useKeeper(keeper);
    assertThat(link.available()).isFalse();
    assertThat(link.kill(NOBODY, Signals.TERM)).isEqualTo(-Errno.ENOTCONN);
    runUntil(link::available);
    return keeper.process().toHandle();
  }

  @AfterEach
  void stop() {
    keepers.forEach(Process::destroyForcibly);
    ProcessHandle.of(link.pid()).ifPresent(ProcessHandle::destroyForcibly);
    epoll.close();
  }

  /** Runs the main loop until the condition holds. */
  private void runUntil(BooleanSupplier condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
      int count = epoll.await(20);
      for (int i = 0; i < count; i++) {
        Runnable onReady = watched.get((int) epoll.token(i));
        if (onReady != null) {
          onReady.run();
        }
      }
      Runnable action = mainLoop.poll();
      if (action != null) {
        action.run();
      }
    }
  }

  @Test
  void aKillMessageReachesTheProcess() throws Exception {
    Process victim = new ProcessBuilder("/bin/sleep", "100").start();
    assertThat(link.kill((int) victim.pid(), Signals.TERM)).isZero();
    assertThat(victim.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(victim.exitValue()).isEqualTo(128 + Signals.TERM);
  }

  @Test
  void aHelperThatDiesIsReplacedAfterAPause() throws Exception {
    int first = link.pid();
    assertThat(link.starts()).isEqualTo(1);
    assertThat(ProcessHandle.of(first).orElseThrow().destroyForcibly()).isTrue();
    runUntil(() -> !link.available());
    assertThat(link.kill(1, Signals.TERM)).isEqualTo(-Errno.ENOTCONN);
    link.check();
    assertThat(mainLoop).isEmpty();
    seconds.addAndGet(1);
    link.check();
    runUntil(link::available);
    assertThat(link.pid()).isNotEqualTo(first);
    assertThat(link.starts()).isEqualTo(2);
  }

  /** Kills the helper, and tells after how many seconds another one is started. */
  private int secondsUntilReplaced() throws Exception {
    assertThat(ProcessHandle.of(link.pid()).orElseThrow().destroyForcibly()).isTrue();
    runUntil(() -> !link.available());
    int passed = 0;
    while (!link.starting()) {
      assertThat(passed).isLessThan(1000);
      seconds.incrementAndGet();
      passed++;
      link.check();
    }
    runUntil(link::available);
    return passed;
  }

  @Test
  void aHelperThatDoesNotLiveForAMinuteIsReplacedLaterAndLater() throws Exception {
    List<Integer> pauses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pauses.add(secondsUntilReplaced());
    }
    assertThat(pauses).containsExactly(1, 2, 4, 8);
    seconds.addAndGet(60);
    assertThat(secondsUntilReplaced()).isEqualTo(1);
  }

  @Test
  void aHelperThatIsSilentForAMinuteIsKilledAndReplaced() throws Exception {
    runUntil(() -> link.lastStatusSeconds() == 1000);
    ProcessHandle first = ProcessHandle.of(link.pid()).orElseThrow();
    Process stop = new ProcessBuilder("kill", "-STOP", Long.toString(first.pid())).start();
    assertThat(stop.waitFor()).isZero();
    seconds.addAndGet(61);
    link.check();
    assertThat(link.available()).isFalse();
    first.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    seconds.addAndGet(1);
    link.check();
    runUntil(link::available);
  }

  @Test
  void aHundredMoreThanThePipeHoldsAreAllKilledWithinTwoSeconds() throws Exception {
    List<Process> victims = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      victims.add(new ProcessBuilder("/bin/sleep", "100").start());
    }
    Process stop = new ProcessBuilder("kill", "-STOP", Integer.toString(link.pid())).start();
    assertThat(stop.waitFor()).isZero();
    List<Process> left = new ArrayList<>(victims);
    int rounds = 0;
    // A round of supervision is due every 0.2 s; between two of them the helper empties its pipe.
    while (!left.isEmpty()) {
      left.removeIf(victim -> link.kill((int) victim.pid(), Signals.KILL) == 0);
      if (rounds++ == 0) {
        assertThat(left).hasSizeGreaterThan(50);
        Process go = new ProcessBuilder("kill", "-CONT", Integer.toString(link.pid())).start();
        assertThat(go.waitFor()).isZero();
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    assertThat(rounds).isLessThanOrEqualTo(10);
    for (Process victim : victims) {
      assertThat(victim.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aFullPipeIsCountedAndNeverWaitedFor() throws Exception {
    Process stop = new ProcessBuilder("kill", "-STOP", Integer.toString(link.pid())).start();
    assertThat(stop.waitFor()).isZero();
    int sent = 0;
    while (link.kill(Integer.MAX_VALUE, Signals.TERM) == 0) {
      sent++;
      assertThat(sent).isLessThan(1000);
    }
    assertThat(sent).isGreaterThanOrEqualTo(128);
    assertThat(link.fullCount()).isEqualTo(1);
    assertThat(link.available()).isTrue();
  }

  private void assertKills() throws Exception {
    Process victim = new ProcessBuilder("/bin/sleep", "100").start();
    assertThat(link.kill((int) victim.pid(), Signals.KILL)).isZero();
    assertThat(victim.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aKeeperReplacesTheHelperAndTheDaemonStartsNone() throws Exception {
    ProcessHandle keeper = useKeeper();
    int first = link.pid();
    assertThat(ProcessHandle.of(first).orElseThrow().parent()).contains(keeper);
    assertKills();

    ProcessHandle.of(first).orElseThrow().destroyForcibly();
    runUntil(() -> !link.available());
    assertThat(link.kill(NOBODY, Signals.TERM)).isEqualTo(-Errno.ENOTCONN);
    seconds.addAndGet(60);
    link.check();

    assertThat(link.starting()).isFalse();
    runUntil(link::available);
    assertThat(link.pid()).isNotEqualTo(first);
    assertKills();
  }

  @Test
  void aSilentKeeperIsNotReliedOnUntilItIsHeardAgain() throws Exception {
    ProcessHandle keeper = useKeeper();
    seconds.addAndGet(61);
    link.check();

    assertThat(link.maySignalAnybody()).isFalse();
    assertKills();

    ProcessHandle.of(link.pid()).orElseThrow().destroyForcibly();
    runUntil(link::maySignalAnybody);
    assertThat(keeper.isAlive()).isTrue();
  }

  @Test
  void theHelperOfALostKeeperKillsUntilItIsLostToo() throws Exception {
    ProcessHandle keeper = useKeeper();
    ProcessHandle helper = ProcessHandle.of(link.pid()).orElseThrow();
    keeper.destroyForcibly();
    runUntil(() -> !link.maySignalAnybody());
    assertThat(link.available()).isTrue();
    assertKills();

    helper.destroyForcibly();
    helper.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);

    assertThat(link.kill(NOBODY, Signals.TERM)).isEqualTo(-Errno.EPIPE);
    assertThat(link.kill(NOBODY, Signals.TERM)).isEqualTo(-Errno.ENOTCONN);
    seconds.addAndGet(60);
    link.check();
    assertThat(link.starting()).isFalse();
    assertThat(mainLoop).isEmpty();
  }
}
