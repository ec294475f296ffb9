package io.sanlockd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Finding the daemon, and what happens when it is not there or does not answer. */
class EndpointTest {
  @Test
  void onlyAnUnsetRunDirectoryMeansTheDefault() {
    assertThat(Endpoint.ofRunDirectory(null).socketPath()).isEqualTo("/run/sanlock/sanlock.sock");
    assertThat(Endpoint.ofRunDirectory("").socketPath()).isEqualTo("/sanlock.sock");
    assertThat(Endpoint.ofRunDirectory("/x").socketPath()).isEqualTo("/x/sanlock.sock");
  }

  @Test
  void aLongSocketPathIsCutAt106Chars() {
    assertThat(Endpoint.ofRunDirectory("/" + "x".repeat(200)).socketPath())
        .isEqualTo("/" + "x".repeat(105));
  }

  @Test
  void aMissingSocketIsNotFoundForBothTransports(@TempDir Path directory) {
    Endpoint endpoint = Endpoint.ofRunDirectory(directory.toString());
    assertThat(new SanlockClient(endpoint).exchange(Requests.plain(Command.VERSION)).result())
        .isEqualTo(ResultCode.ENOENT.number());
    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> NativeTransport.connect(endpoint).close());
    assertThat(error.number()).isEqualTo(ResultCode.ENOENT.number());
  }

  @Test
  void aStaleSocketRefusesForBothTransports(@TempDir Path directory) throws Exception {
    Endpoint endpoint = Endpoint.ofRunDirectory(directory.toString());
    ServerSocketChannel server = listen(endpoint);
    server.close();
    assertThat(new SanlockClient(endpoint).exchange(Requests.plain(Command.VERSION)).result())
        .isEqualTo(ResultCode.ECONNREFUSED.number());
    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> NativeTransport.connect(endpoint).close());
    assertThat(error.number()).isEqualTo(ResultCode.ECONNREFUSED.number());
  }

  @Test
  void aDaemonThatNeverAnswersIsGivenUp(@TempDir Path directory) throws Exception {
    Endpoint endpoint =
        Endpoint.ofRunDirectory(directory.toString()).withReadTimeout(50, TimeUnit.MILLISECONDS);
    try (ServerSocketChannel server = listen(endpoint)) {
      assertThat(server.isOpen()).isTrue();
      SanlockException error =
          catchThrowableOfType(SanlockException.class, () -> new SanlockClient(endpoint).version());
      assertThat(error.number()).isEqualTo(-110);
      assertThat(error).hasMessageContaining("no reply");
    }
  }

  @Test
  void aDaemonThatAcceptsNobodyIsGivenUp(@TempDir Path directory) throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, 50)) {
      // More than fit into its backlog; what was connected before just waits.
      int result = 0;
      List<DaemonConnection> connections = new ArrayList<>();
      for (int i = 0; i < 10 && result == 0; i++) {
        try {
          connections.add(DaemonConnection.open(daemon.endpoint()));
        } catch (TransportException e) {
          result = e.number();
        }
      }
      connections.forEach(DaemonConnection::close);
      assertThat(result).isEqualTo(-110);
    }
  }

  @Test
  void anEventChannelThatIsNotAnsweredIsClosed(@TempDir Path directory) throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, 50)) {
      CompletableFuture<Void> sawTheEnd = daemon.play(FakeDaemon.Peer::awaitEnd);
      SanlockClient client = new SanlockClient(daemon.endpoint());
      SanlockException error =
          catchThrowableOfType(
              SanlockException.class, () -> client.registerEvents(LeaseName.of("ls")));
      assertThat(error.number()).isEqualTo(-110);
      sawTheEnd.get(60, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 60_000})
  void anotherThreadMayEndAnEventChannelThatIsWaitedFor(long timeoutMillis, @TempDir Path directory)
      throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, timeoutMillis)) {
      CompletableFuture<Void> channelPlayed =
          daemon.play(
              peer -> {
                peer.reply(peer.read(), 0);
                peer.awaitEnd();
              });
      EventChannel channel =
          new SanlockClient(daemon.endpoint()).registerEvents(LeaseName.of("ls"));
      CompletableFuture<Integer> waiting =
          CompletableFuture.supplyAsync(
              () -> catchThrowableOfType(SanlockException.class, channel::next).number());
      CompletableFuture<Void> endPlayed = channelPlayed.thenCompose(played -> answerOne(daemon));
      channel.end();
      assertThat(waiting.get(60, TimeUnit.SECONDS)).isNegative();
      endPlayed.get(60, TimeUnit.SECONDS);
    }
  }

  private static CompletableFuture<Void> answerOne(FakeDaemon daemon) {
    return daemon.play(peer -> peer.reply(peer.read(), 0));
  }

  @Test
  void anInterruptEndsTheWaitForAReply(@TempDir Path directory) throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(directory, 60_000)) {
      SanlockClient client = new SanlockClient(daemon.endpoint());
      Thread.currentThread().interrupt();
      SanlockException error = catchThrowableOfType(SanlockException.class, client::version);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(error.number()).isEqualTo(-4);
      assertThat(error).hasMessageContaining("interrupted");
    }
  }

  @Test
  void aReplyCutShortIsMinusOne(@TempDir Path directory) throws Exception {
    Endpoint endpoint = Endpoint.ofRunDirectory(directory.toString());
    try (ServerSocketChannel server = listen(endpoint);
        DaemonConnection connection = DaemonConnection.open(endpoint)) {
      try (SocketChannel accepted = server.accept()) {
        int unused = accepted.write(ByteBuffer.allocate(31));
      }
      int result = connection.exchange(Requests.plain(Command.VERSION)).result();
      // The peer may be gone before or after our request is sent.
      assertThat(result).isIn(-1, -32, -104);
    }
  }

  private static ServerSocketChannel listen(Endpoint endpoint) throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return server.bind(UnixDomainSocketAddress.of(endpoint.socketPath()));
  }
}
