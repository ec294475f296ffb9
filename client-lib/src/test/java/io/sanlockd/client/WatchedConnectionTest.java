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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A watched connection with a daemon that does whatever a daemon can do wrong. */
class WatchedConnectionTest {
  private static final long LONG_MILLIS = 60_000;
  private static final int MORE_THAN_A_SOCKET_HOLDS = 1_000_000;
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

  /** What the client does with its connection. */
  private interface Use {
    void of(WatchedConnection connection) throws Exception;
  }

  /** Plays both sides of a connection to the end of both. */
  private void play(FakeDaemon.Script daemon, Use client) throws Exception {
    play(LONG_MILLIS, daemon, client);
  }

  private void play(long timeoutMillis, FakeDaemon.Script script, Use client) throws Exception {
    Path runDirectory = Files.createTempDirectory(directory, "r");
    try (FakeDaemon daemon = new FakeDaemon(runDirectory, timeoutMillis)) {
      CompletableFuture<Void> played = daemon.play(script);
      client.of(watcher.connect(daemon.endpoint()));
      played.get(LONG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static int endOf(WatchedConnection connection) throws Exception {
    return connection.whenEnded().toCompletableFuture().get(LONG_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Test
  void eachOfManyThreadsGetsTheReplyToItsOwnRequest() throws Exception {
    int count = 50;
    play(
        peer -> {
          for (int i = 0; i < count; i++) {
            MessageHeader request = peer.read();
            peer.replyInPieces(request, request.data2(), new byte[request.data2()]);
          }
          peer.awaitEnd();
        },
        connection -> {
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
        });
  }

  @Test
  void theEndIsKnownAtOnceWithoutAskingAnything() throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    play(
        peer -> awaitLatch(close),
        connection -> {
          assertThat(connection.isUsable()).isTrue();
          assertThat(connection.endReason()).isZero();
          close.countDown();
          assertThat(endOf(connection)).isEqualTo(-1);
          assertThat(connection.isUsable()).isFalse();
          assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-1);
        });
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
    play(
        peer -> {
          MessageHeader request = peer.read();
          peer.write(FakeDaemon.Peer.encoded(request.reply(0)).limit(31));
        },
        connection -> {
          assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-1);
          assertThat(endOf(connection)).isEqualTo(-1);
        });
  }

  @Test
  void aLateReplyIsNeverTakenForTheOneToTheNextRequest() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    CountDownLatch close = new CountDownLatch(1);
    play(
        50,
        peer -> {
          MessageHeader request = peer.read();
          awaitLatch(answer);
          peer.reply(request, 7);
          awaitLatch(close);
        },
        connection -> {
          assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-110);
          assertThat(connection.isUsable()).isFalse();
          answer.countDown();
          assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-110);
          assertThat(connection.endReason()).isZero();
          close.countDown();
          // The end is still told.
          assertThat(endOf(connection)).isEqualTo(-1);
        });
  }

  @Test
  void aRequestThatWasNotSentWholeIsTheLast() throws Exception {
    CountDownLatch close = new CountDownLatch(1);
    Request register = Requests.plain(Command.REGISTER);
    play(
        50,
        peer -> awaitLatch(close),
        connection -> {
          int result = 0;
          for (int i = 0; i < MORE_THAN_A_SOCKET_HOLDS && result == 0; i++) {
            result = connection.send(register);
          }
          assertThat(result).isEqualTo(-110);
          assertThat(connection.isUsable()).isFalse();
          close.countDown();
          assertThat(connection.send(register)).isEqualTo(-110);
        });
  }

  @Test
  void aReplyNobodyAskedForEndsTheConnection() throws Exception {
    play(
        peer -> {
          peer.volunteer(Command.VERSION);
          peer.awaitEnd();
        },
        connection -> {
          assertThat(endOf(connection)).isEqualTo(-71);
        });
  }

  @Test
  void aReplyToAnotherCommandEndsTheConnection() throws Exception {
    play(
        peer -> {
          MessageHeader unused = peer.read();
          peer.volunteer(Command.RELEASE);
          peer.awaitEnd();
        },
        connection -> {
          assertThat(connection.exchange(INQUIRE).result()).isEqualTo(-71);
        });
  }

  @Test
  void bytesThatAreNoReplyEndTheConnection() throws Exception {
    play(
        peer -> {
          peer.write(
              ByteBuffer.wrap(
                  "HTTP/1.1 400 Bad Request\r\n\r\n0000".getBytes(StandardCharsets.UTF_8)));
          peer.awaitEnd();
        },
        connection -> {
          assertThat(endOf(connection)).isEqualTo(-71);
        });
  }

  static Stream<Request> acquires() {
    int target = MessageHeader.THIS_CONNECTION;
    return Stream.of(
        Requests.acquire(target, 0, List.of(LEASE), Options.NONE),
        Requests.acquireNamingOwner(target, 0, LEASE, Options.NONE));
  }

  @ParameterizedTest
  @MethodSource("acquires")
  void anInterruptEndsTheWaitForAnAcquire(Request acquire) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    play(
        peer -> {
          MessageHeader unused = peer.read();
          asked.countDown();
          peer.awaitEnd();
        },
        connection -> {
          CompletableFuture<Integer> result = new CompletableFuture<>();
          Thread thread = new Thread(() -> result.complete(connection.exchange(acquire).result()));
          thread.start();
          awaitLatch(asked);
          thread.interrupt();
          assertThat(result.get(LONG_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(-4);
          assertThat(connection.isUsable()).isFalse();
          connection.close();
        });
  }

  @Test
  void anInterruptDoesNotEndTheWaitForARelease() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    play(
        peer -> {
          MessageHeader request = peer.read();
          asked.countDown();
          awaitLatch(answer);
          peer.reply(request, 0);
          peer.awaitEnd();
        },
        connection -> {
          Request release = Requests.release(MessageHeader.THIS_CONNECTION, 0, List.of(LEASE));
          CompletableFuture<Boolean> succeededInterrupted = new CompletableFuture<>();
          Thread thread =
              new Thread(
                  () -> {
                    boolean succeeded = connection.exchange(release).result() == 0;
                    succeededInterrupted.complete(
                        succeeded && Thread.currentThread().isInterrupted());
                  });
          thread.start();
          awaitLatch(asked);
          thread.interrupt();
          answer.countDown();
          assertThat(succeededInterrupted.get(LONG_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
          assertThat(connection.isUsable()).isTrue();
          connection.close();
        });
  }

  @Test
  void closingAConnectionOrItsWatcherEndsTheWaitOfOthers() throws Exception {
    for (boolean closesWatcher : new boolean[] {false, true}) {
      CountDownLatch asked = new CountDownLatch(1);
      // The daemon sees the end, too: it gives the leases back.
      play(
          peer -> {
            MessageHeader unused = peer.read();
            asked.countDown();
            peer.awaitEnd();
          },
          connection -> {
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
          });
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
    play(
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
        },
        connection -> {
          RegisteredClient client = RegisteredClient.register(connection);
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
        });
  }
}
