package io.sanlockd.daemon.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Metrics of a daemon as it is started in production. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MonitoringTest {
  private static final byte[] REQUEST = "GET /metrics HTTP/1.0\r\n\r\n".getBytes(UTF_8);

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir private Path directory;

  private static String read(InputStream in) throws IOException {
    return new String(in.readAllBytes(), UTF_8);
  }

  private static String scrape(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(REQUEST));
      return read(Channels.newInputStream(channel));
    }
  }

  private static String scrape(int port) throws IOException {
    try (Socket connection = new Socket(LOOPBACK, port)) {
      connection.getOutputStream().write(REQUEST);
      return read(connection.getInputStream());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void awaitLog(String part) throws Exception {
    while (!Files.readString(directory.resolve("log")).contains(part)) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void nothingIsServedByDefault() throws Exception {
    try (RealDaemon daemon = RealDaemon.start(directory, "-w", "0")) {
      assertThat(daemon.client().version()).isNotNull();
      assertThat(directory.resolve("metrics.sock")).doesNotExist();
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("metrics") && thread.isAlive());
    }
  }

  @Test
  void bothEndpointsTellWhatTheDaemonDid() throws Exception {
    int port = freePort();
    Path socket = directory.resolve("metrics.sock");
    try (RealDaemon daemon =
        RealDaemon.start(
            directory,
            "-w",
            "0",
            "--metrics-socket",
            "metrics.sock",
            "--metrics-port",
            Integer.toString(port))) {
      awaitLog("metrics are served at unix:" + socket);
      awaitLog("metrics are served at http://127.0.0.1:" + port + "/metrics");
      assertThat(daemon.client().version()).isNotNull();
      assertThat(scrape(socket))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("sanlockd_requests_total{command=\"version\",code=\"0\",name=\"OK\"} 1\n")
          .containsPattern("sanlockd_main_loop_turn_seconds_count [1-9]")
          .contains("sanlockd_watchdog_configured 0\n")
          .endsWith("# EOF\n");
      assertThat(scrape(port)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("# EOF\n");
    }
  }

  @Test
  void aPortInUseLeavesTheDaemonAsItIs() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      try (RealDaemon daemon = RealDaemon.start(directory, "-w", "0", "--metrics-port", port)) {
        awaitLog("metrics are not served at http://127.0.0.1:" + port + "/metrics: ");
        assertThat(daemon.client().version()).isNotNull();
      }
    }
  }
}
