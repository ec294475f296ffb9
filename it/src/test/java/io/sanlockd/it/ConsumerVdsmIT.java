package io.sanlockd.it;

import static io.sanlockd.it.Consumers.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What vdsm does through the unmodified Python binding, and what it and others read from the
 * command line (consumers.md 6, 7 and 13).
 */
@Execution(ExecutionMode.CONCURRENT)
class ConsumerVdsmIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int DOMAINS = 40;
  private static final int ATTEMPTS = 10;

  /** Only the lockspace that is being joined may have no hosts. */
  private static final Pattern HOSTS_OF_ALL =
      Pattern.compile(
          "(s ls\\d:\\S+ \n(h \\d+ gen \\d+ timestamp \\d+ LIVE\n)+"
              + "|s slow:\\S+ ADD \nhosts (error -2|not ready)\n){11}");

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void c02JoiningWhileJoining() throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    Storage storage = scene.storage(Storage.Kind.FILE, 1);
    JsonObject seen = scene.python(daemon, "consumer/joining.py", storage.path()).result(LIMIT);
    assertThat(seen.get("before").getAsBoolean()).isFalse();
    assertThat(seen.get("async").isJsonNull()).isTrue();
    assertThat(seen.get("second").getAsInt()).isEqualTo(115);
    assertThat(seen.get("while_joining").isJsonNull()).isTrue();
    assertThat(seen.get("hosts_while_joining").getAsInt()).isEqualTo(2);
    assertThat(seen.get("waited").getAsBoolean()).isTrue();
    assertThat(seen.get("again").getAsInt()).isEqualTo(17);
    // Another process may have kept the script from asking before the first renewal.
    if (!seen.get("hosts_at_first").isJsonArray()) {
      assertThat(seen.get("hosts_at_first").getAsInt()).isEqualTo(11);
    }
    JsonArray hosts = seen.getAsJsonArray("hosts");
    assertThat(hosts).hasSize(1);
    assertThat(hosts.get(0).getAsJsonObject().get("flags").getAsInt()).isEqualTo(3);
  }

  /** All at once take little longer than one: the time is spent waiting, not working. */
  @Test
  void c05FortyDomainsAtOnce() throws Exception {
    List<String> tries = new ArrayList<>();
    boolean isFast = false;
    // A machine that does other things as well may need another attempt, a queue would need it
    // ever.
    while (!isFast && tries.size() < ATTEMPTS) {
      JsonObject seen = joinDomains("wait", "50", "hostA" + tries.size());
      double alone = seen.get("alone").getAsDouble();
      double slowest = seen.get("slowest").getAsDouble();
      tries.add("alone " + alone + " s, the slowest of all " + slowest + " s");
      isFast = slowest <= 1.5 * alone;
    }
    assertThat(isFast).as("%s", tries).isTrue();
  }

  @Test
  void c05FortyDomainsAsynchronouslyWithEightWorkers() throws Exception {
    joinDomains("async", "8", "hostA");
  }

  private JsonObject joinDomains(String how, String workers, String host) throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), host, "-t", workers);
    Path directory = Files.createDirectory(scene.directory().resolve("domains-" + host));
    PythonClient script =
        scene.python(daemon, "consumer/domains.py", DOMAINS, how, directory.toString());
    Cli reader = daemon.cli(Implementation.C);
    while (script.isAlive()) {
      answerMillis(
          1000,
          () -> {
            String status = reader.client("status", "-D").succeeded().out();
            assertThat(status.lines().filter(line -> line.startsWith("s ")))
                .allMatch(line -> line.matches("s domain-\\d+:1:\\S+:0( ADD)?"));
          });
    }
    JsonObject seen = script.result(LIMIT);
    System.out.println(DOMAINS + " domains " + how + " with " + workers + " workers: " + seen);
    assertThat(seen.getAsJsonArray("errors")).isEmpty();
    assertThat(reader.client("gets").out().lines()).hasSize(DOMAINS);
    return seen;
  }

  @Test
  void c47VdsmConfigurationProbe() throws Exception {
    Path nowhere = Files.createDirectory(scene.directory().resolve("nowhere"));
    for (Implementation program : List.of(Implementation.C, Implementation.JAVA)) {
      Command.Result none = new Cli(program, nowhere).client("status", "-D");
      assertThat(none.out()).isEmpty();
      assertThat(none.exit()).isEqualTo(1);
    }
    Daemon daemon = scene.daemon(Peers.tested(), "vdsm-host", "-t", "50");
    for (Implementation program : List.of(Implementation.C, Implementation.JAVA)) {
      List<String> lines =
          daemon.cli(program).client("status", "-D").succeeded().out().lines().toList();
      assertThat(lines.get(0)).isEqualTo("daemon vdsm-host");
      List<String> options = new ArrayList<>();
      for (String line : lines.subList(1, lines.size())) {
        if (!line.startsWith("    ")) {
          break;
        }
        assertThat(line.split("=", -1)).hasSize(2);
        options.add(line.strip());
      }
      assertThat(options).contains("our_host_name=vdsm-host", "max_worker_threads=50");
    }
    String pid = Files.readAllLines(daemon.runDirectory().resolve("sanlock.pid")).get(0);
    String groups =
        Files.readAllLines(Path.of("/proc", pid.strip(), "status")).stream()
            .filter(line -> line.startsWith("Groups:"))
            .findFirst()
            .orElseThrow();
    String own =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("Groups:"))
            .findFirst()
            .orElseThrow();
    assertThat(groups).as("the process of the pid file is the daemon").isEqualTo(own);
  }

  @Test
  void c48SupervisionUnderStress() throws Exception {
    final int spaces = 10;
    final int owners = 50;
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    LibraryClient admin = scene.library(daemon);
    List<Storage> storages = new ArrayList<>();
    for (int n = 0; n < spaces; n++) {
      Storage storage = scene.storage(Storage.Kind.FILE, 1 + owners / spaces);
      storages.add(storage);
      assertThat(admin.writeLockspace("ls" + n, storage.path(), 0)).isZero();
      assertThat(admin.add("ls" + n, 1, storage.path(), n < spaces - 1 ? 1 : 0)).isZero();
    }
    for (int n = 0; n < owners; n++) {
      Storage storage = storages.get(n % spaces);
      var lease = LibraryClient.Lease.at(storage, "ls" + n % spaces, "r" + n, 1 + n / spaces);
      assertThat(admin.write(lease)).isZero();
      LibraryClient owner = scene.library(daemon);
      owner.register();
      Await.until("joined", SOON, () -> owner.acquire(0, lease) == 0);
    }
    // One that waits long: its host_id is used by another host that just ended.
    Storage slow = scene.storage(Storage.Kind.FILE, 1);
    Daemon other = scene.daemon(Peers.tested(), "hostB");
    LibraryClient onOther = scene.library(other);
    assertThat(onOther.writeLockspace("slow", slow.path(), 0)).isZero();
    assertThat(onOther.add("slow", 1, slow.path(), 0)).isZero();
    other.kill9();
    assertThat(admin.add("slow", 1, slow.path(), 1)).isZero();

    Pattern record = Pattern.compile("\\d+ timestamp \\d+|    \\w+=.*");
    Cli reader = daemon.cli(Implementation.C);
    long slowestMillis = 0;
    for (int round = 0; round < 20; round++) {
      slowestMillis =
          Math.max(slowestMillis, answerMillis(2000, () -> checkStatus(reader, owners)));
      slowestMillis =
          Math.max(
              slowestMillis,
              answerMillis(
                  2000,
                  () ->
                      assertThat(reader.client("gets", "-h", "1").succeeded().out())
                          .matches(HOSTS_OF_ALL)));
      slowestMillis =
          Math.max(
              slowestMillis,
              answerMillis(
                  2000,
                  () ->
                      assertThat(reader.client("host_status", "-s", "ls0", "-D").out().lines())
                          .allMatch(line -> record.matcher(line).matches())));
      String place = storages.get(0).path() + ":0:" + Storage.AREA;
      assertThat(reader.run("direct", "dump", place).succeeded().out()).contains("hostA");
    }
    System.out.println("slowest answer of a supervised daemon: " + slowestMillis + " ms");
  }

  private static void checkStatus(Cli reader, int owners) throws Exception {
    List<String> lines = reader.client("status", "-D").succeeded().out().lines().toList();
    assertThat(lines.stream().filter(line -> line.startsWith("r "))).hasSize(owners);
    assertThat(lines.stream().filter(line -> line.startsWith("s slow:"))).hasSize(1);
    assertThat(lines).allMatch(line -> line.matches("(daemon|p|s|r) .*|    \\w+=.*"));
  }

  /** Something that may fail. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  /**
   * How long an answer takes. One that takes longer than the limit is asked for again at once: what
   * kept it may have been another process of this machine, but not every time.
   */
  private static long answerMillis(long limit, Step step) throws Exception {
    long millis = timed(step);
    for (int i = 1; millis >= limit && i < ATTEMPTS; i++) {
      millis = timed(step);
    }
    assertThat(millis).as("milliseconds to an answer").isLessThan(limit);
    return millis;
  }

  private static long timed(Step step) throws Exception {
    long startNanos = System.nanoTime();
    step.run();
    return Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
  }

  @Test
  void zstackTurnsAStatusLineIntoArguments() throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    LibraryClient owner = scene.library(daemon);
    Consumers.join(owner, storage, 1);
    var lease = Consumers.lease(owner, storage, "VGLK", 1);
    owner.register();
    assertThat(owner.acquire(0, lease)).isZero();
    for (Implementation program : List.of(Implementation.C, Implementation.JAVA)) {
      Cli cli = daemon.cli(program);
      String line =
          cli.client("status")
              .succeeded()
              .out()
              .lines()
              .filter(text -> text.startsWith("r "))
              .findFirst()
              .orElseThrow();
      List<String> words = new ArrayList<>(List.of("release"));
      words.addAll(Arrays.asList(("-" + line.replace(" p ", " -p ")).split(" ", -1)));
      assertThat(cli.client(words.toArray(String[]::new)).exit()).isZero();
      assertThat(owner.inquire(0).get("count").getAsInt()).isZero();
      assertThat(owner.acquire(0, lease)).isZero();
    }
  }
}
