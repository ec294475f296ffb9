package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sanlockd.client.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sanlock client metrics} against a stand-in; the daemon's answer is in MetricsIT. */
class MetricsActionTest {
  private static final String TEXT = "# TYPE a gauge\n# HELP a A.\na 7\n# EOF\n";
  private static final String GOOD = "HTTP/1.1 200 OK\r\nX: y\r\n\r\n";

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String config = "";

  private int run(String... args) throws IOException {
    Path file = Files.writeString(directory.resolve("sanlock.conf"), config);
    Invocation invocation =
        new Invocation(
            "sanlock",
            Endpoint.ofRunDirectory(directory.toString()),
            new CommandConfig(file.toString()),
            line -> {},
            new Out(out, false),
            new Out(err, false));
    return new Sanlock(invocation).run(args);
  }

  private String printed() {
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private String complaint() {
    return err.toString(StandardCharsets.ISO_8859_1);
  }

  private ServerSocketChannel unix(String name) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return server.bind(UnixDomainSocketAddress.of(directory.resolve(name)));
  }

  /** Answers one request, and says what it was. */
  private static Thread answers(ServerSocketChannel server, String answer, StringBuilder asked) {
    Thread thread =
        new Thread(
            () -> {
              try (SocketChannel scraper = server.accept()) {
                ByteBuffer request = ByteBuffer.allocate(1000);
                scraper.read(request);
                asked.append(StandardCharsets.US_ASCII.decode(request.flip()));
                scraper.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1)));
              } catch (IOException e) {
                asked.append(e);
              }
            });
    thread.start();
    return thread;
  }

  private int runAgainst(ServerSocketChannel server, String answer, String... args)
      throws Exception {
    StringBuilder asked = new StringBuilder();
    Thread daemon = answers(server, answer, asked);
    int status = run(args);
    daemon.join();
    server.close();
    assertThat(asked.toString()).startsWith("GET /metrics HTTP/1.");
    return status;
  }

  @Test
  void theTextOfTheUsualSocketIsPrintedAsItIs() throws Exception {
    assertThat(runAgainst(unix("metrics.sock"), GOOD + TEXT, "client", "metrics")).isZero();
    assertThat(printed()).isEqualTo(TEXT);
    assertThat(complaint()).isEmpty();
  }

  @Test
  void theConfigurationNamesTheSocketOrThePort() throws Exception {
    config = "metrics_socket = m.sock\n";
    assertThat(runAgainst(unix("m.sock"), GOOD + TEXT, "metrics")).isZero();
    ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    SocketAddress port = server.getLocalAddress();
    Files.delete(directory.resolve("m.sock"));
    config = "metrics_port = " + ((InetSocketAddress) port).getPort() + "\n";
    assertThat(runAgainst(server, GOOD + TEXT, "metrics")).isZero();
    assertThat(printed()).isEqualTo(TEXT + TEXT);
  }

  @Test
  void jsonHasTheFamilies() throws Exception {
    assertThat(runAgainst(unix("metrics.sock"), GOOD + TEXT, "client", "metrics", "--json"))
        .isZero();
    JsonObject document = JsonParser.parseString(printed()).getAsJsonObject();
    assertThat(document.get("command").getAsString()).isEqualTo("client metrics");
    assertThat(document.getAsJsonObject("data").get("families").toString())
        .isEqualTo(
            "[{\"name\":\"a\",\"type\":\"gauge\",\"unit\":null,\"help\":\"A.\","
                + "\"samples\":[{\"name\":\"a\",\"labels\":{},\"value\":7}]}]");
  }

  @Test
  void aRefusalAndAnAnswerThatEndsEarlyAreFailures() throws Exception {
    String busy = "HTTP/1.1 503 Service Unavailable\r\n\r\nthe main loop is busy\n";
    assertThat(runAgainst(unix("metrics.sock"), busy, "metrics")).isEqualTo(1);
    assertThat(complaint())
        .isEqualTo("sanlock: metrics failed: the daemon answers: the main loop is busy\n");
    Files.delete(directory.resolve("metrics.sock"));
    err.reset();
    assertThat(runAgainst(unix("metrics.sock"), GOOD + "# TYPE a gauge\n", "metrics")).isEqualTo(1);
    assertThat(complaint()).contains("the answer ends early");
    assertThat(printed()).isEmpty();
  }

  @Test
  void withoutADaemonThatIsSaid() throws Exception {
    assertThat(run("metrics")).isEqualTo(1);
    assertThat(complaint()).contains("no daemon at " + directory + "/sanlock.sock");
    out.reset();
    assertThat(run("metrics", "--json")).isEqualTo(1);
    assertThat(JsonParser.parseString(printed()).getAsJsonObject().get("data").isJsonNull())
        .isTrue();
  }
}
