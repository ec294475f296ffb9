package io.sanlockd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watched connection with a daemon that does whatever a daemon can do wrong. */
class WatchedConnectionTest {
  private static final long LONG_MILLIS = 60_000;
  private static final Request INQUIRE = Requests.inquire(MessageHeader.THIS_CONNECTION);
  private static final Resource LEASE =
      Resource.on(LeaseName.of("ls"), LeaseName.of("r1"), List.of(new Disk("/d", 0)));

  @TempDir Path directory;
  private ConnectionWatcher watcher;

  @BeforeEach
  void startWatcher() throws Exception {
    watcher = ConnectionWatcher.start("watcher of a test");
  }

  @AfterEach
  void stopWatcher() {
    watcher.close();
  }

  private static int endOf(WatchedConnection connection) throws Exception {
    return connection.whenEnded().toCompletableFuture().get(LONG_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Test
  void eachOfManyThreadsGetsTheReplyToItsOwnRequest() throws Exception {
    int count = 50;
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                for (int i = 0; i < count; i++) {
                  MessageHeader request = peer.read();
                  peer.replyInPieces(request, request.data2(), new byte[request.data2()]);
                }
                peer.awaitEnd();
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      List<CompletableFuture<Reply>> replies = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Request request = Requests.inquire(i);
        replies.add(CompletableFuture.supplyAsync(() -> connection.exchange(request)));
      }
      for (int i = 0; i < count; i++) {
        Reply reply = replies.get(i).get(LONG_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(reply.result()).isEqualTo(i);
        assertThat(reply.payload().remaining()).isEqualTo(i);
      }
      assertThat(connection.isUsable()).isTrue();
      connection.close();
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void theEndIsKnownAtOnceWithoutAskingAnything() throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script = daemon.play(peer -> awaitLatch(close));
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      assertThat(connection.isUsable()).isTrue();
      assertThat(connection.endReason()).isZero();
      close.countDown();
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
      assertThat(endOf(connection)).isEqualTo(-1);
      assertThat(connection.isUsable()).isFalse();
      assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-1);
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(LONG_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aReplyCutShortIsTheEndForTheOneWhoWaits() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                MessageHeader request = peer.read();
                peer.write(FakeDaemon.Peer.encoded(request.reply(0)).limit(31));
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-1);
      assertThat(endOf(connection)).isEqualTo(-1);
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void aLateReplyIsNeverTakenForTheOneToTheNextRequest() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    CountDownLatch close = new CountDownLatch(1);
    try (FakeDaemon daemon = new FakeDaemon(directory, 50)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                MessageHeader request = peer.read();
                awaitLatch(answer);
                peer.reply(request, 7);
                awaitLatch(close);
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-110);
      assertThat(connection.isUsable()).isFalse();
      answer.countDown();
      assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-110);
      assertThat(connection.endReason()).isZero();
      close.countDown();
      // The end is still told.
      assertThat(endOf(connection)).isEqualTo(-1);
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void aReplyNobodyAskedForEndsTheConnection() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                peer.volunteer(Command.VERSION);
                peer.awaitEnd();
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      assertThat(endOf(connection)).isEqualTo(-71);
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void aReplyToAnotherCommandEndsTheConnection() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                MessageHeader unused = peer.read();
                peer.volunteer(Command.RELEASE);
                peer.awaitEnd();
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-71);
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void bytesThatAreNoReplyEndTheConnection() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                peer.write(
                    ByteBuffer.wrap(
                        "HTTP/1.1 400 Bad Request\r\n\r\n0000".getBytes(StandardCharsets.UTF_8)));
                peer.awaitEnd();
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      assertThat(endOf(connection)).isEqualTo(-71);
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void anInterruptEndsTheWaitForAnAcquire() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                MessageHeader unused = peer.read();
                asked.countDown();
                peer.awaitEnd();
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      Request acquire =
          Requests.acquire(MessageHeader.THIS_CONNECTION, 0, List.of(LEASE), Options.NONE);
      CompletableFuture<Integer> result = new CompletableFuture<>();
      Thread thread = new Thread(() -> result.complete(connection.exchange(acquire).result()));
      thread.start();
      awaitLatch(asked);
      thread.interrupt();
      assertThat(result.get(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(-4);
      assertThat(connection.isUsable()).isFalse();
      connection.close();
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void anInterruptDoesNotEndTheWaitForARelease() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                MessageHeader request = peer.read();
                asked.countDown();
                awaitLatch(answer);
                peer.reply(request, 0);
                peer.awaitEnd();
              });
      WatchedConnection connection = watcher.connect(daemon.endpoint());
      Request release = Requests.release(MessageHeader.THIS_CONNECTION, 0, List.of(LEASE));
      CompletableFuture<Boolean> succeededInterrupted = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                boolean succeeded = connection.exchange(release).result() == 0;
                succeededInterrupted.complete(succeeded && Thread.currentThread().isInterrupted());
              });
      thread.start();
      awaitLatch(asked);
      thread.interrupt();
      answer.countDown();
      assertThat(succeededInterrupted.get(LONG_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      assertThat(connection.isUsable()).isTrue();
      connection.close();
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Test
  void closingAConnectionOrItsWatcherEndsTheWaitOfOthers() throws Exception {
    for (boolean closesWatcher : new boolean[] {false, true}) {
      CountDownLatch asked = new CountDownLatch(1);
      try (FakeDaemon daemon =
          new FakeDaemon(Files.createTempDirectory(directory, "r"), LONG_MILLIS)) {
        CompletableFuture<Void> script =
            daemon.play(
                peer -> {
                  MessageHeader unused = peer.read();
                  asked.countDown();
                  peer.awaitEnd();
                });
        WatchedConnection connection = watcher.connect(daemon.endpoint());
        CompletableFuture<Reply> waiting =
            CompletableFuture.supplyAsync(() -> connection.exchange(INQUIRE));
        awaitLatch(asked);
        if (closesWatcher) {
          watcher.close();
        } else {
          connection.close();
        }
        assertThat(waiting.get(LONG_MILLIS, TimeUnit.MILLISECONDS).result()).isEqualTo(-9);
        assertThat(endOf(connection)).isEqualTo(-9);
        // The daemon sees the end, too: it gives the leases back.
        script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  @Test
  void aClosedWatcherConnectsNobody() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      watcher.close();
      TransportException error =
          catchThrowableOfType(
              TransportException.class, () -> watcher.connect(daemon.endpoint()).close());
      assertThat(error.number()).isEqualTo(-9);
    }
  }

  @Test
  void aRefusalNamesTheOwnerWhereTheDaemonTells() throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, LONG_MILLIS)) {
      CompletableFuture<Void> script =
          daemon.play(
              peer -> {
                assertThat(peer.read().command()).isEqualTo(Command.REGISTER.number());
                MessageHeader request = peer.read();
                assertThat(request.command()).isEqualTo(Command.ACQUIRE2.number());
                ByteBuffer owner = ByteBuffer.allocate(80);
                new Host(2, 5, 1000, 0, HostState.LIVE.number()).encode(owner);
                owner.put(LeaseName.of("node-b").toField());
                peer.replyInPieces(request, ResultCode.ACQUIRE_IDLIVE.number(), owner.array());
                request = peer.read();
                peer.reply(request, ResultCode.LEADER_MAGIC.number());
                peer.awaitEnd();
              });
      RegisteredClient client = RegisteredClient.register(watcher.connect(daemon.endpoint()));
      SanlockException error =
          catchThrowableOfType(
              SanlockException.class, () -> client.acquireOrNameOwner(LEASE, Options.NONE));
      assertThat(error.number()).isEqualTo(ResultCode.ACQUIRE_IDLIVE.number());
      assertThat(error.owner())
          .map(LeaseOwner::toString)
          .contains("host 2 (node-b), generation 5, LIVE");
      assertThat(error).hasMessageContaining("node-b").hasMessageContaining("ACQUIRE_IDLIVE");
      SanlockException other =
          catchThrowableOfType(
              SanlockException.class, () -> client.acquireOrNameOwner(LEASE, Options.NONE));
      assertThat(other.owner()).isEmpty();
      client.close();
      script.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
