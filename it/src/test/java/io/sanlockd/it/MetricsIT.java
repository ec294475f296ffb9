package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metrics of a real daemon, scraped by the programs that people use. */
class MetricsIT {
  private static final String LS = Cluster.LOCKSPACE;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String SPACE = "{lockspace=\"" + LS + "\",host_id=\"1\"}";
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:sanlockd|process|jvm)_[a-z][a-z0-9_]+");

  @RegisterExtension final Scene scene = new Scene();

  private static Command.Result curl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "50"));
    command.addAll(List.of(arguments));
    return Command.run(command, Map.of(), LIMIT);
  }

  private static String scrape(Daemon daemon) throws Exception {
    return curl("--unix-socket", socket(daemon).toString(), "http://localhost/metrics")
        .succeeded()
        .out();
  }

  private static Path socket(Daemon daemon) {
    return daemon.runDirectory().resolve("metrics.sock");
  }

  private Daemon daemon(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("--metrics-socket", "metrics.sock"));
    all.addAll(List.of(options));
    Daemon daemon = scene.daemon(Implementation.JAVA, "host", all.toArray(String[]::new));
    Await.until("metrics are served", LIMIT, () -> daemon.log().contains("metrics are served"));
    return daemon;
  }

  private static Map<String, Double> samples(String text) {
    Map<String, Double> samples = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int blank = line.lastIndexOf(' ');
              samples.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
            });
    return samples;
  }

  private static String acquire(String code, String name) {
    return "sanlockd_requests_total{command=\"acquire\",code=\""
        + code
        + "\",name=\""
        + name
        + "\"}";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Joins, grants one lease and refuses another. */
  private String busyDay(Daemon daemon) throws Exception {
    Cli cli = daemon.cli(Implementation.JAVA);
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    String resource = storage.resource(LS, "r1", 1);
    Joining.init(cli, storage, "-s", storage.lockspace(LS, 0));
    Joining.init(cli, storage, "-r", resource);
    Joining.join(cli, storage.lockspace(LS, 1));
    scene.holder(cli, resource);
    Holder other = scene.holder(cli);
    assertThat(other.acquire(cli, resource)).isEqualTo(-17);
    return scrape(daemon);
  }

  @Test
  void curlReadsOverTheUnixSocketWhatTheDaemonDid() throws Exception {
    Daemon daemon = daemon();
    assertThat(samples(scrape(daemon))).doesNotContainKey("sanlockd_lockspace_active" + SPACE);
    Map<String, Double> samples = samples(busyDay(daemon));
    assertThat(samples)
        .containsEntry("sanlockd_lockspace_active" + SPACE, 1.0)
        .containsEntry("sanlockd_lockspace_io_timeout_seconds" + SPACE, 2.0)
        .containsEntry("sanlockd_lockspace_watchdog_armed" + SPACE, 0.0)
        .containsEntry("sanlockd_leases{state=\"held\"}", 1.0)
        // Both programs asked when they started, one of them for nothing.
        .containsEntry(acquire("0", "OK"), 2.0)
        .containsEntry(acquire("-17", "EEXIST"), 1.0)
        .containsEntry("sanlockd_ballots_total", 1.0)
        .containsEntry("sanlockd_helper_up", 1.0)
        .containsEntry("sanlockd_helper_starts_total", 1.0);
    assertThat(samples.get("sanlockd_lockspace_renewal_read_seconds_sum" + SPACE)).isPositive();
    assertThat(samples.get("sanlockd_connections_registered")).isEqualTo(2.0);
    assertThat(samples.get("sanlockd_main_loop_longest_turn_seconds")).isPositive();
    assertThat(samples.get("process_resident_memory_bytes")).isGreaterThan(1 << 24);

    double successes =
        samples.get(
            "sanlockd_lockspace_renewals_total" + SPACE.replace("}", ",result=\"success\"}"));
    Await.until(
        "renewals go on",
        LIMIT,
        () ->
            samples(scrape(daemon))
                    .get(
                        "sanlockd_lockspace_renewals_total"
                            + SPACE.replace("}", ",result=\"success\"}"))
                > successes + 2);
  }

  @Test
  void theCommandPrintsWhatScrapersGet() throws Exception {
    Daemon daemon = daemon();
    String text = busyDay(daemon);
    Cli cli = daemon.cli(Implementation.JAVA);
    String printed = cli.client("metrics").succeeded().out();
    assertThat(samples(printed).keySet()).isEqualTo(samples(text).keySet());
    assertThat(printed).endsWith("# EOF\n");
    String json = cli.client("metrics", "--json").succeeded().out();
    int count = 0;
    for (var family :
        JsonParser.parseString(json)
            .getAsJsonObject()
            .getAsJsonObject("data")
            .getAsJsonArray("families")) {
      assertThat(family.getAsJsonObject().get("type").isJsonNull()).isFalse();
      count += family.getAsJsonObject().getAsJsonArray("samples").size();
    }
    assertThat(count).isEqualTo(samples(text).size());
    assertThat(cli.client("metrics", "--watch=1", "--count=2").succeeded().out())
        .containsPattern("(?s)every 1 s: metrics.*# EOF\nevery 1 s: metrics.*# EOF\n");
  }

  @Test
  void whereMetricsAreOffTheCommandNamesTheKey() throws Exception {
    Daemon daemon = scene.daemon(Implementation.JAVA, "off");
    Command.Result result = daemon.cli(Implementation.JAVA).client("metrics");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "sanlock: metrics failed: nobody serves metrics at "
                + socket(daemon)
                + "; set metrics_socket = metrics.sock in sanlock.conf and start the daemon"
                + " again\n");
  }

  @Test
  void curlReadsOverLoopbackAndBadRequestsAreToldWhy() throws Exception {
    String port = Integer.toString(freePort());
    daemon("--metrics-port", port);
    String url = "http://127.0.0.1:" + port;
    Command.Result good = curl("-i", url + "/metrics").succeeded();
    assertThat(good.out())
        .startsWith("HTTP/1.1 200 OK")
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .endsWith("# EOF\n");
    assertThat(curl("-i", url + "/").out()).contains("404 Not Found", "there is only /metrics");
    assertThat(curl("-i", "-d", "x", url + "/metrics").out())
        .contains("405 Method Not Allowed", "only GET and HEAD are possible");
    assertThat(curl("-I", url + "/metrics").succeeded().out()).startsWith("HTTP/1.1 200 OK");
    assertThat(curl("-i", "-H", "X: " + "y".repeat(9000), url + "/metrics").out()).contains("431 ");
  }

  @Test
  void scrapersThatNeverReadDisturbNobodyForLong() throws Exception {
    Daemon daemon = daemon();
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        silent.add(SocketChannel.open(UnixDomainSocketAddress.of(socket(daemon))));
      }
      assertThat(daemon.cli(Implementation.JAVA).client("version").succeeded().out())
          .contains("daemon version 3.8.5");
      assertThat(scrape(daemon)).isEqualTo("8 requests are being answered already\n");
      Await.until("the silent ones are gone", LIMIT, () -> scrape(daemon).endsWith("# EOF\n"));
    } finally {
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
  }

  @Test
  void byDefaultThereIsNoEndpointAndNothingOfItIsLoaded() throws Exception {
    // Its helper gets the same options, and a file of its own.
    Path classes = scene.directory().resolve("classes-");
    UnaryOperator<List<String>> logging =
        command -> {
          List<String> all =
              new ArrayList<>(
                  List.of("env", "SANLOCK_JAVA_OPTS=-Xlog:class+load:file=" + classes + "%p"));
          all.addAll(command);
          return all;
        };
    String loaded;
    try (Daemon daemon =
        Daemon.start(
            Implementation.JAVA, scene.directory(), "quiet", logging, List.of("-w", "0"))) {
      assertThat(daemon.cli(Implementation.JAVA).client("version").exit()).isZero();
      assertThat(socket(daemon)).doesNotExist();
      loaded = Files.readString(Path.of(classes.toString() + daemon.pid()));
    }
    assertThat(loaded).contains("io.sanlockd.daemon.metrics.DurationHistogram");
    assertThat(loaded).doesNotContain("io.sanlockd.daemon.exposition");
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = METRIC.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }

  private static Set<String> exposed(String text) {
    return samples(text).keySet().stream()
        .map(name -> name.replaceFirst("\\{.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void dashboardAndAlertsAskOnlyForWhatThereIs() throws Exception {
    Set<String> exposed = exposed(busyDay(daemon()));
    Path monitoring = Implementation.tree().resolve("share/doc/sanlockd/monitoring");
    for (String file : List.of("sanlockd-dashboard.json", "sanlockd-alerts.yml")) {
      Set<String> asked = names(Files.readString(monitoring.resolve(file)));
      assertThat(asked).as(file).hasSizeGreaterThan(10).isSubsetOf(exposed);
    }
  }

  @Test
  void alertsRingInTimeAndOnlyForTheIll() throws Exception {
    Prometheus.skipUnlessInstalled();
    Path stories = Path.of("../packaging/src/test/monitoring/sanlockd-alerts-test.yml");
    List<String> command = List.of(Prometheus.TOOL.toString(), "test", "rules", stories.toString());
    Command.run(command, Map.of(), LIMIT).succeeded();
  }

  @Test
  void inPrometheusNoPanelIsEmptyAndEveryAlertIsJudged() throws Exception {
    Prometheus.skipUnlessInstalled();
    int port = freePort();
    Daemon daemon = daemon("--metrics-port", Integer.toString(port));
    busyDay(daemon);
    Path monitoring = Implementation.tree().resolve("share/doc/sanlockd/monitoring");
    Path rules = monitoring.resolve("sanlockd-alerts.yml");
    Prometheus prometheus = scene.own(Prometheus.start(scene.directory(), freePort(), port, rules));
    List<String> empty =
        new ArrayList<>(expressions(monitoring.resolve("sanlockd-dashboard.json")));
    assertThat(empty).hasSizeGreaterThan(40);
    Await.until(
        "these give something: " + empty,
        LIMIT,
        () -> {
          for (Iterator<String> rest = empty.iterator(); rest.hasNext(); ) {
            if (!prometheus.query(rest.next()).isEmpty()) {
              rest.remove();
            }
          }
          return empty.isEmpty();
        });
    Await.value(
        "all alerts are judged",
        LIMIT,
        () -> prometheus.rules().asList(),
        alerts ->
            alerts.stream()
                .allMatch(rule -> "ok".equals(rule.getAsJsonObject().get("health").getAsString())),
        () -> "");
  }

  /** What the panels and variables of a dashboard ask for, for all hosts and lockspaces. */
  private static List<String> expressions(Path dashboard) throws IOException {
    Matcher matcher =
        Pattern.compile("\"(?:expr|definition)\": (\".*\")").matcher(Files.readString(dashboard));
    List<String> expressions = new ArrayList<>();
    while (matcher.find()) {
      expressions.add(
          JsonParser.parseString(matcher.group(1))
              .getAsString()
              .replaceFirst("^label_values\\((.*), (\\w+)\\)$", "group by ($2) ($1)")
              .replaceAll("\\$(instance|lockspace)", ".*")
              .replace("$__rate_interval", "10s")
              .replace("$__range", "60s"));
    }
    return expressions;
  }

  @Test
  void theGuideNamesEveryMetricThereIs() throws Exception {
    String text = busyDay(daemon());
    Set<String> documented = names(Files.readString(Path.of("../docs/administration.md")));
    Set<String> families = new TreeSet<>();
    text.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" ", -1))
        .forEach(words -> families.add(words[2] + suffix(words[3])));
    assertThat(documented).isEqualTo(families);
  }

  private static String suffix(String kind) {
    return switch (kind) {
      case "counter" -> "_total";
      case "info" -> "_info";
      default -> "";
    };
  }
}
