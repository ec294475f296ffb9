package io.sanlockd.daemon.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryLog;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets; the main loop is the test. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ScrapeServerTest {
  private static final String REQUEST = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final long PATIENCE_MILLIS = 10;

  @TempDir private Path directory;
  private final World world = new World().format(2);
  private final VirtualDaemon daemon = world.daemon("a").join(1, 2);
  private final MemoryLog log = new MemoryLog();
  private final AtomicLong nanos = new AtomicLong();
  private final BlockingQueue<Runnable> mainLoop = new LinkedBlockingQueue<>();
  private final List<SocketChannel> peers = new ArrayList<>();
  private Path socket;
  private ScrapeServer server;

  @BeforeEach
  void start() throws Exception {
    socket = directory.resolve("metrics.sock");
    server = start(new Endpoint.UnixSocket(socket, -1, -1));
    awaitLine("metrics are served at unix:" + socket);
  }

  private ScrapeServer start(Endpoint... endpoints) throws IOException {
    Clock clock = nanos::get;
    return ScrapeServer.start(
        List.of(endpoints),
        Exposed.sources(daemon, clock),
        mainLoop::add,
        Path.of("/proc/self"),
        log.prefixed(""));
  }

  @AfterEach
  void end() throws IOException {
    server.close();
    for (SocketChannel peer : peers) {
      peer.close();
    }
    world.close();
  }

  private void awaitLine(String part) throws InterruptedException {
    while (log.lines().stream().noneMatch(line -> line.contains(part))) {
      TimeUnit.MILLISECONDS.sleep(PATIENCE_MILLIS);
    }
  }

  private SocketChannel connect() throws IOException {
    SocketAddress address = UnixDomainSocketAddress.of(socket);
    SocketChannel peer = SocketChannel.open(address);
    peers.add(peer);
    return peer;
  }

  private SocketChannel send(String text) throws IOException {
    SocketChannel peer = connect();
    peer.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    return peer;
  }

  private static String received(SocketChannel peer) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer some = ByteBuffer.allocate(4096);
    while (peer.read(some) >= 0) {
      all.write(some.array(), 0, some.position());
      some.clear();
    }
    return all.toString(UTF_8);
  }

  /** What the main loop is asked to do next; nobody waits for it. */
  private Runnable task() throws InterruptedException {
    return mainLoop.take();
  }

  @Test
  void theSocketIsForOwnerAndGroup() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void anAnswerTellsWhatTheMainLoopSaw() throws Exception {
    SocketChannel peer = send(REQUEST);
    task().run();
    String answer = received(peer);
    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("sanlockd_lockspace_active{lockspace=\"LS\",host_id=\"1\"} 1\n")
        .contains("process_resident_memory_bytes ")
        .endsWith("\n# EOF\n");
  }

  @Test
  void howeverManyAskTheMainLoopIsAskedOnce() throws Exception {
    SocketChannel first = send(REQUEST);
    Runnable task = task();
    SocketChannel second = send(REQUEST);
    // Answered when the request before it was understood, so that one is waiting by now.
    assertThat(received(send("GET / HTTP/1.1\r\n\r\n"))).startsWith("HTTP/1.1 404 ");
    assertThat(mainLoop).isEmpty();
    task.run();
    assertThat(received(first)).endsWith("# EOF\n");
    assertThat(received(second)).endsWith("# EOF\n");
  }

  @Test
  void aMainLoopThatStandsStillIsReportedAndHasNoMoreTasksForIt() throws Exception {
    SocketChannel peer = send(REQUEST);
    Runnable task = task();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
    assertThat(received(peer))
        .startsWith("HTTP/1.1 503 ")
        .contains("the main loop of the daemon has not answered for 5 s");
    assertThat(received(send(REQUEST))).startsWith("HTTP/1.1 503 ");
    assertThat(mainLoop).isEmpty();
    // What it says at last is nobody's answer: whoever asks then is told how it is then.
    task.run();
    SocketChannel later = send(REQUEST);
    task().run();
    assertThat(received(later)).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void silentScrapersTakeNoMoreThanTheirPlacesAndNotForLong() throws Exception {
    for (int i = 0; i < ScrapeServer.CONNECTIONS; i++) {
      connect();
    }
    assertThat(received(connect())).startsWith("HTTP/1.1 503 ").contains("8 requests");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
    for (SocketChannel silent : peers.subList(0, ScrapeServer.CONNECTIONS)) {
      assertThat(received(silent)).startsWith("HTTP/1.1 408 ");
      silent.close();
    }
    SocketChannel peer = send(REQUEST);
    task().run();
    assertThat(received(peer)).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void anEndpointThatCanNotBeHadIsLoggedAndTheOtherServes() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    Path other = directory.resolve("other.sock");
    ScrapeServer second =
        start(
            new Endpoint.UnixSocket(file, -1, -1),
            new Endpoint.UnixSocket(directory.resolve("no/such/place"), -1, -1),
            new Endpoint.UnixSocket(other, -1, -1));
    awaitLine("metrics are served at unix:" + other);
    second.close();
    awaitLine("metrics are not served at unix:" + file + ": there is a file that is no socket");
    awaitLine("metrics are not served at unix:" + directory.resolve("no/such/place"));
    assertThat(Files.readString(file)).isEqualTo("precious");
  }

  @Test
  void anOldSocketIsReplaced() throws Exception {
    server.close();
    ScrapeServer next = start(new Endpoint.UnixSocket(socket, -1, -1));
    while (log.lines().stream().filter(line -> line.contains("served at")).count() < 2) {
      TimeUnit.MILLISECONDS.sleep(PATIENCE_MILLIS);
    }
    SocketChannel peer = send(REQUEST);
    task().run();
    assertThat(received(peer)).startsWith("HTTP/1.1 200 ");
    next.close();
  }
}
