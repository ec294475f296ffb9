package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands for operators against daemons of both kinds: ours and the C program's, one host of
 * each.
 */
class OperateIT {
  private static final Pattern EARLIEST =
      Pattern.compile("at the earliest in (\\d+) s \\([0-9:]+\\): 8 x io_timeout 2 s \\+ 60 s");

  @RegisterExtension final Scene scene = new Scene();

  /** Which daemon answers our command: the first of the pair. */
  static Stream<Peers> peers() {
    return Peers.isReferenceMode()
        ? Stream.empty()
        : Stream.of(
            new Peers(Implementation.JAVA, Implementation.C),
            new Peers(Implementation.C, Implementation.JAVA));
  }

  @ParameterizedTest
  @MethodSource("peers")
  void anOperatorFindsOutWhatIsGoingOn(Peers peers) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    Cli cli = cluster.a.cli(Implementation.JAVA);
    Holder onB = scene.holder(cluster.b.cli(), cluster.resource());
    Holder onA = scene.holder(cluster.a.cli());
    Await.value(
        "host 2 was seen to renew",
        Duration.ofSeconds(30),
        () -> cli.client("gets", "-h", "1").out(),
        hosts -> hosts.matches("(?s).*h 2 gen 1 timestamp \\d+ LIVE.*"),
        cluster.a::logTail);
    refusalNamesTheHolder(cluster, cli, onA);
    documentsAreComplete(cluster, cli, onA);
    diskIsClean(cluster, cli);
    doctorKnowsTheLockspace(cli);
    topShowsForecastAndHosts(cli);
    refusalsOfThisHostAreExplained(cluster, cli, onA);
    Daemon third = scene.daemon(peers.a(), "hostC");
    hostIdInUseIsExplained(cluster, third.cli(Implementation.JAVA));
    assertThat(onB.isAlive()).as("nothing was disturbed").isTrue();
  }

  private static void refusalNamesTheHolder(Cluster cluster, Cli cli, Holder onA) throws Exception {
    String pid = Long.toString(onA.pid());
    Command.Result refused = cli.client("acquire", "-r", cluster.resource(), "-p", pid);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out()).isEqualTo("acquire pid " + pid + "\nacquire done -243\n");
    assertThat(refused.err())
        .contains("-243 ACQUIRE_IDLIVE")
        .contains("ls:r1 is held by host 2 (hostB), generation 1, LIVE: a renewal was last seen ")
        .contains("to ask for it: sanlock client request -r ls:r1:")
        .contains(":2 -f 2");
    Matcher earliest = EARLIEST.matcher(refused.err());
    assertThat(earliest.find()).as(refused.err()).isTrue();
    // 8 x 1 + 60 s and one, counted from a renewal of the last seconds.
    assertThat(Integer.parseInt(earliest.group(1))).isBetween(50, Joining.DEAD_SECONDS + 1);
  }

  private static void documentsAreComplete(Cluster cluster, Cli cli, Holder onA) throws Exception {
    JsonObject status = json(cli.client("status", "--json").succeeded());
    assertThat(status.getAsJsonObject("daemon").get("our_host_name").getAsString())
        .isEqualTo("hostA");
    assertThat(names(status, "lockspaces")).containsExactly("ls");
    JsonObject gets = json(cli.client("gets", "-h", "1", "--json").succeeded());
    JsonObject lockspace = gets.getAsJsonArray("lockspaces").get(0).getAsJsonObject();
    assertThat(lockspace.getAsJsonArray("hosts")).hasSize(2);
    JsonObject hosts = json(cli.client("host_status", "-s", "ls", "--json").succeeded());
    assertThat(hosts.toString()).contains("\"owner_name\":\"hostB\"");
    assertThat(json(cli.client("renewal", "-s", "ls", "--json").succeeded()).toString())
        .contains("\"read_ms\":");
    JsonObject read =
        json(cli.client("read", "-r", cluster.resource(), "-h", "1", "--json").succeeded());
    assertThat(read.getAsJsonArray("owners").toString()).contains("\"host_id\":2");
    JsonObject refused =
        document(
            cli.client(
                "acquire", "-r", cluster.resource(), "-p", Long.toString(onA.pid()), "--json"));
    assertThat(refused.get("result").getAsInt()).isEqualTo(-243);
    assertThat(refused.get("messages").toString()).contains("hostB");
    assertThat(cli.client("gets", "--watch=1", "--count=2").succeeded().out())
        .contains("every 1 s: gets");
    for (String action : List.of("version", "log_dump", "inquire")) {
      JsonObject answer =
          document(cli.client(action, "-p", Long.toString(onA.pid()), "--json").succeeded());
      assertThat(answer.get("data").isJsonObject()).as(answer.toString()).isTrue();
    }
  }

  private static JsonObject document(Command.Result result) {
    return JsonParser.parseString(result.out()).getAsJsonObject();
  }

  private static JsonObject json(Command.Result result) {
    return document(result).getAsJsonObject("data");
  }

  private static List<String> names(JsonObject data, String array) {
    return data.getAsJsonArray(array).asList().stream()
        .map(element -> element.getAsJsonObject().get("name").getAsString())
        .toList();
  }

  private static void diskIsClean(Cluster cluster, Cli cli) throws Exception {
    Command.Result fsck = cli.run("fsck", cluster.storage.path().toString()).succeeded();
    assertThat(fsck.out())
        .contains("lockspace ls (512-byte sectors, 1M): 2 of 2000 host_ids in use")
        .contains("hostA  generation 1  io_timeout 2  alive: renewed while watched")
        .contains(
            "lease ls:r1 (512-byte sectors, 1M), version 1: held by host_id 2 generation 1"
                + " (hostB), alive")
        .contains("2 areas; 0 errors, 0 warnings: clean");
  }

  /** This machine may lack a watchdog and the like; what is said about the lockspace counts. */
  private static void doctorKnowsTheLockspace(Cli cli) throws Exception {
    Command.Result doctor = cli.run("doctor");
    assertThat(doctor.out())
        .contains("daemon: answers as host hostA, version 3.8.5")
        .contains("runs without a watchdog (-w 0)")
        .contains("lockspace ls\n")
        .contains("2 host_ids in use, each by a host with a name of its own")
        .contains("host_id 1: is held by us, generation 1")
        .contains("Verdict: ");
    assertThat(doctor.exit()).isBetween(1, 2);
  }

  private void topShowsForecastAndHosts(Cli cli) throws Exception {
    assertThat(cli.run("top", "--once").out())
        .contains("lockspace ls  host_id 1 generation 1  io_timeout 2 s  joined")
        .containsPattern("forecast  warn \\d+ s   kill \\d+ s   SIGKILL \\d\\d s   no watchdog")
        .containsPattern("2  hostB +1  LIVE");
    Path report = scene.directory().resolve("report.html");
    cli.run("top", "--report", report.toString()).succeeded();
    assertThat(Files.readString(report)).contains("<svg", "Lockspace ls", "hostB");
  }

  private static void refusalsOfThisHostAreExplained(Cluster cluster, Cli cli, Holder onA)
      throws Exception {
    assertThat(cli.client("acquire", "-r", cluster.resource(), "-p", "1").err())
        .contains("process 1 is not registered; registered: " + onA.pid());
    assertThat(cli.client("release", "-r", "ls:none", "-p", Long.toString(onA.pid())).err())
        .contains("process " + onA.pid())
        .contains("holds no lease");
    assertThat(cli.client("rem_lockspace", "-s", "other").err())
        .contains("this daemon has lockspace ls under host_id 1 on ");
    String taken = cluster.storage.lockspace("ls", 3);
    assertThat(cli.client("add_lockspace", "-s", taken, "-o", "1").err())
        .contains("add_lockspace failed: ")
        .contains("this daemon has lockspace ls under host_id 1");
  }

  private static void hostIdInUseIsExplained(Cluster cluster, Cli cli) throws Exception {
    String taken = cluster.storage.lockspace("ls", 2);
    Command.Result refused = cli.client("add_lockspace", "-s", taken, "-o", "1");
    assertThat(refused.out()).contains("done -262");
    assertThat(refused.err())
        .contains("host_id 2 of ls belongs to host hostB, generation 1")
        .contains("76 s after its last renewal (8 x io_timeout 2 s + 60 s)");
  }
}
