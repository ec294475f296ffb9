package io.sanlockd.it;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A Prometheus of its own that scrapes one daemon each second. */
final class Prometheus implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/bin/prometheus");
  static final Path TOOL = Path.of("/usr/bin/promtool");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final String address;

  private Prometheus(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  static void skipUnlessInstalled() {
    Skip.unlessInstalled(Files.isExecutable(PROGRAM) && Files.isExecutable(TOOL), "Prometheus");
  }

  /** Starts it on a port of the loopback address and waits until it answers. */
  static Prometheus start(Path directory, int port, int scrapedPort, Path rules) throws Exception {
    Path configuration =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["%s"]
            scrape_configs:
              - job_name: sanlockd
                static_configs: [{targets: ["127.0.0.1:%d"]}]
            """
                .formatted(rules.toAbsolutePath(), scrapedPort));
    String address = "127.0.0.1:" + port;
    Process process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + directory.resolve("prometheus"),
                "--web.listen-address=" + address)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("prometheus.log").toFile())
            .start();
    Prometheus prometheus = new Prometheus(process, address);
    try {
      Await.until("Prometheus answers", LIMIT, prometheus::answers);
    } catch (Exception | AssertionError e) {
      prometheus.close();
      throw e;
    }
    return prometheus;
  }

  private boolean answers() throws Exception {
    try {
      rules();
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  /** The series that an expression gives now. */
  JsonArray query(String expression) throws Exception {
    String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    return data("query?query=" + encoded).getAsJsonArray("result");
  }

  /** The alert rules of the first group, with their health and state. */
  JsonArray rules() throws Exception {
    JsonArray groups = data("rules").getAsJsonArray("groups");
    return groups.get(0).getAsJsonObject().getAsJsonArray("rules");
  }

  private JsonObject data(String request) throws Exception {
    URI uri = URI.create("http://" + address + "/api/v1/" + request);
    String answer =
        client
            .send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), BodyHandlers.ofString())
            .body();
    JsonObject data = JsonParser.parseString(answer).getAsJsonObject().getAsJsonObject("data");
    if (data == null) {
      throw new IOException(request + ": " + answer);
    }
    return data;
  }

  @Override
  public void close() {
    process.destroy();
    if (!Command.ended(process, LIMIT)) {
      process.destroyForcibly();
    }
  }
}
