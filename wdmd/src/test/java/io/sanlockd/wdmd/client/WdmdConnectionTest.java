package io.sanlockd.wdmd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.sanlockd.posix.Errno;
import io.sanlockd.wdmd.client.WdmdException.Reason;
import io.sanlockd.wdmd.client.WdmdGreeting.Generation;
import io.sanlockd.wdmd.protocol.WdmdCommand;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WdmdConnectionTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(30);

  @TempDir Path directory;
  private ScriptedWdmd wdmd;
  private WdmdConnection connection;
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @BeforeEach
  void connect() throws Exception {
    Path socket = directory.resolve("wdmd.sock");
    wdmd = new ScriptedWdmd(socket);
    connection = WdmdConnection.connect(socket, LONG);
    wdmd.accept();
  }

  @AfterEach
  void end() {
    connection.close();
    wdmd.close();
    other.shutdownNow();
  }

  @Test
  void generationBAnswersTheOpeningFirst() throws Exception {
    Future<WdmdGreeting> greeting = other.submit(() -> connection.greet(30, LONG));
    assertThat(wdmd.receive().command()).isEqualTo(WdmdCommand.OPEN_WATCHDOG);
    assertThat(wdmd.receive().command()).isEqualTo(WdmdCommand.STATUS);
    wdmd.reply(WdmdCommand.OPEN_WATCHDOG, 0, 30, 0);
    wdmd.reply(WdmdCommand.STATUS, 5, 30, 1000);
    assertThat(greeting.get())
        .isEqualTo(new WdmdGreeting(Generation.B, 30, new WdmdStatus(5, 30, 1000)));
  }

  @Test
  void theWantedFireTimeoutIsSent() throws Exception {
    Future<WdmdGreeting> greeting = other.submit(() -> connection.greet(30, LONG));
    assertThat(wdmd.receive().fireTimeoutSeconds()).isEqualTo(30);
    wdmd.receive();
    wdmd.reply(WdmdCommand.STATUS, 10, 60, 7);
    greeting.get();
  }

  /** wdmd.md 11, "B with A": the C client waits for ever for an answer to OPEN_WATCHDOG. */
  @Test
  void generationAAnswersOnlyTheStatus() throws Exception {
    Future<WdmdGreeting> greeting = other.submit(() -> connection.greet(60, LONG));
    wdmd.receive();
    wdmd.receive();
    wdmd.reply(WdmdCommand.STATUS, 10, 60, 1000);
    assertThat(greeting.get())
        .isEqualTo(new WdmdGreeting(Generation.A, 60, new WdmdStatus(10, 60, 1000)));
  }

  @Test
  void aDeviceThatCouldNotBeOpenedIsTimeoutZero() throws Exception {
    Future<WdmdGreeting> greeting = other.submit(() -> connection.greet(60, LONG));
    wdmd.receive();
    wdmd.receive();
    wdmd.reply(WdmdCommand.OPEN_WATCHDOG, 0, 0, 0);
    wdmd.reply(WdmdCommand.STATUS, 10, 0, 0);
    assertThat(greeting.get().fireTimeoutSeconds()).isZero();
  }

  /** wdmd.md 11, "A with B": STATUS says 60 although the device was never opened. */
  @Test
  void aWatchdogThatWasNeverPingedDoesNotProtect() {
    assertThat(new WdmdStatus(10, 60, 0).isPinging(15)).isFalse();
    assertThat(new WdmdStatus(10, 60, 1000).isPinging(1020)).isTrue();
    assertThat(new WdmdStatus(10, 60, 1000).isPinging(1021)).isFalse();
    assertThat(new WdmdStatus(2, 10, 1000).isPinging(1005)).isFalse();
  }

  @Test
  void silenceEndsAtTheLimitAndTheConnectionIsNotAskedAgain() {
    failsWith(Reason.TIMED_OUT, () -> connection.greet(60, SHORT));
    // Its late answer would be taken for the answer to the next question.
    failsWith(Reason.BAD_REPLY, () -> connection.status(LONG));
    assertThat(connection.testLive(1, 2)).isZero();
  }

  /** wdmd.md 4: the C library takes the end of the connection for an answer of zeros. */
  @Test
  void theEndOfTheConnectionIsNoAnswer() throws Exception {
    Future<WdmdStatus> status = other.submit(() -> connection.status(LONG));
    wdmd.receive();
    wdmd.reply(WdmdCommand.STATUS, 10, 60, 1000, 100);
    wdmd.hangUp();
    failsWith(Reason.CLOSED, () -> unwrap(status));
  }

  @Test
  void anAnswerInPiecesIsPutTogether() throws Exception {
    Future<WdmdStatus> status = other.submit(() -> connection.status(LONG));
    wdmd.receive();
    wdmd.reply(WdmdCommand.STATUS, 10, 60, 1000, 1);
    wdmd.replyRest(1);
    assertThat(status.get()).isEqualTo(new WdmdStatus(10, 60, 1000));
  }

  @Test
  void anAnswerToAnotherQuestionIsRefused() throws Exception {
    Future<WdmdStatus> status = other.submit(() -> connection.status(LONG));
    wdmd.receive();
    wdmd.reply(WdmdCommand.OPEN_WATCHDOG, 10, 60, 1000);
    failsWith(Reason.BAD_REPLY, () -> unwrap(status));
  }

  @Test
  void messagesCarryNameAndTimes() {
    assertThat(connection.register("sanlock_LE:1")).isZero();
    assertThat(connection.refcountSet()).isZero();
    assertThat(connection.testLive(1000, 1080)).isZero();
    assertThat(wdmd.receive().name()).isEqualTo("sanlock_LE:1");
    assertThat(wdmd.receive().command()).isEqualTo(WdmdCommand.REFCOUNT_SET);
    assertThat(wdmd.receive().renewalTime()).isEqualTo(1000);
    assertThat(connection.testLive(1020, 1100)).isZero();
    assertThat(wdmd.receive().expireTime()).isEqualTo(1100);
  }

  @Test
  void nothingIsPromisedAfterTheDeactivation() {
    assertThat(connection.testLive(1000, 1080)).isZero();
    assertThat(connection.deactivate()).isZero();
    assertThat(connection.testLive(1020, 1100)).isEqualTo(-Errno.ESHUTDOWN);
    assertThat(wdmd.receive().expireTime()).isEqualTo(1080);
    assertThat(wdmd.receive().command()).isEqualTo(WdmdCommand.TEST_LIVE);
    assertThat(wdmd.receive().command()).isEqualTo(WdmdCommand.REFCOUNT_CLEAR);
    assertThat(wdmd.hasMore()).isFalse();
    assertThat(connection.deactivate()).isZero();
    assertThat(wdmd.receive().expireTime()).isZero();
  }

  @Test
  void aRenewalThatRacesWithTheDeactivationNeverComesAfterIt() throws Exception {
    Future<Integer> renewals =
        other.submit(
            () -> {
              int result = 0;
              for (long time = 1; result == 0 || result == -Errno.EAGAIN; time++) {
                result = connection.testLive(time, time + 80);
              }
              return result;
            });
    for (int i = 0; i < 500; i++) {
      wdmd.receive();
    }
    while (connection.deactivate() == -Errno.EAGAIN) {
      wdmd.receive();
    }
    assertThat(renewals.get()).isEqualTo(-Errno.ESHUTDOWN);
    WdmdCommand last = null;
    boolean deactivated = false;
    while (wdmd.hasMore()) {
      var message = wdmd.receive();
      last = message.command();
      if (last == WdmdCommand.TEST_LIVE) {
        assertThat(deactivated && message.expireTime() != 0).isFalse();
        deactivated |= message.expireTime() == 0;
      }
    }
    assertThat(deactivated).isTrue();
    assertThat(last).isEqualTo(WdmdCommand.REFCOUNT_CLEAR);
  }

  /** Otherwise room for one message at a time would be filled with the same one for ever. */
  @Test
  void aDeactivationOfAFullSocketGoesOnWhereItStopped() {
    for (long time = 1; connection.testLive(time, time + 80) == 0; time++) {}
    int attempts = 0;
    while (connection.deactivate() == -Errno.EAGAIN) {
      wdmd.receive();
      attempts++;
    }
    assertThat(attempts).isPositive();
    int withdrawals = 0;
    WdmdCommand last = null;
    while (wdmd.hasMore()) {
      var message = wdmd.receive();
      last = message.command();
      withdrawals += last == WdmdCommand.TEST_LIVE && message.expireTime() == 0 ? 1 : 0;
    }
    assertThat(withdrawals).isEqualTo(1);
    assertThat(last).isEqualTo(WdmdCommand.REFCOUNT_CLEAR);
  }

  @Test
  void aFullSocketIsAnErrorAndNeverAWait() {
    int result = 0;
    for (int i = 1; result == 0; i++) {
      result = connection.testLive(i, i + 80);
    }
    assertThat(result).isEqualTo(-Errno.EAGAIN);
    wdmd.receive();
    while (wdmd.hasMore()) {
      assertThat(wdmd.receive().command()).isEqualTo(WdmdCommand.TEST_LIVE);
    }
    assertThat(connection.testLive(1, 81)).isZero();
  }

  /** wdmd.md 9: the C daemon dies of SIGPIPE at the first renewal after the end of wdmd. */
  @Test
  void aDeadWdmdIsAnErrorAndNoSignal() {
    assertThat(connection.peerClosed()).isFalse();
    wdmd.hangUp();
    assertThat(connection.peerClosed()).isTrue();
    assertThat(connection.testLive(1, 81)).isEqualTo(-Errno.EPIPE);
    assertThat(connection.deactivate()).isEqualTo(-Errno.EPIPE);
    failsWith(Reason.SEND_FAILED, () -> connection.status(LONG));
  }

  @Test
  void anAnswerThatWaitsToBeReadIsNotTheEnd() throws Exception {
    failsWith(Reason.TIMED_OUT, () -> connection.status(SHORT));
    wdmd.receive();
    wdmd.reply(WdmdCommand.STATUS, 10, 60, 1000);
    assertThat(connection.peerClosed()).isFalse();
    wdmd.hangUp();
    assertThat(connection.peerClosed()).isTrue();
  }

  @Test
  void aClosedConnectionSaysSo() {
    connection.close();
    connection.close();
    assertThat(connection.fd()).isEqualTo(-1);
    assertThat(connection.peerClosed()).isTrue();
    assertThat(connection.testLive(1, 81)).isEqualTo(-Errno.EBADF);
    assertThat(connection.register("x")).isEqualTo(-Errno.EBADF);
    failsWith(Reason.SEND_FAILED, () -> connection.status(LONG));
  }

  @Test
  void aPromiseForNeverIsNotAPromise() {
    assertThat(connection.testLive(5, 0)).isEqualTo(-Errno.EINVAL);
    assertThat(wdmd.hasMore()).isFalse();
  }

  @Test
  void noDaemonIsSaidSo() throws Exception {
    assertThatExceptionOfType(WdmdException.class)
        .isThrownBy(() -> WdmdConnection.connect(directory.resolve("none"), SHORT))
        .withMessageContaining("is it running?")
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_REACHABLE));
    assertThatExceptionOfType(WdmdException.class)
        .isThrownBy(() -> WdmdConnection.connect(Path.of("/" + "x".repeat(120)), SHORT))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EMSGSIZE));
    wdmd.close();
    assertThat(Files.exists(directory.resolve("wdmd.sock"))).isTrue();
    assertThatExceptionOfType(WdmdException.class)
        .isThrownBy(() -> WdmdConnection.connect(directory.resolve("wdmd.sock"), SHORT))
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ECONNREFUSED));
  }

  @Test
  void aDaemonThatDoesNotAcceptCostsNoMoreThanTheLimit() throws Exception {
    Path socket = directory.resolve("wdmd.sock");
    // A backlog of one holds two.
    try (WdmdConnection first = WdmdConnection.connect(socket, LONG);
        WdmdConnection second = WdmdConnection.connect(socket, LONG)) {
      assertThat(first.fd()).isNotEqualTo(second.fd());
      assertThatExceptionOfType(WdmdException.class)
          .isThrownBy(() -> WdmdConnection.connect(socket, SHORT))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
    }
  }

  @Test
  void aPromiseAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    int rounds = 200;
    long allocated = Long.MAX_VALUE;
    // The measuring itself allocates a little at first.
    for (int attempt = 0; attempt < 5 && allocated != 0; attempt++) {
      long before = threads.getThreadAllocatedBytes(self);
      for (int i = 1; i <= rounds; i++) {
        connection.testLive(i, i + 80);
        connection.peerClosed();
      }
      allocated = threads.getThreadAllocatedBytes(self) - before;
      while (wdmd.hasMore()) {
        wdmd.receive();
      }
    }
    assertThat(allocated).isZero();
  }

  private static void failsWith(Reason reason, Callable<?> action) {
    assertThatExceptionOfType(WdmdException.class)
        .isThrownBy(action::call)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static Object unwrap(Future<?> future) throws Exception {
    try {
      return future.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
