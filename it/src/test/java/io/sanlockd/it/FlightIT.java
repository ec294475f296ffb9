package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The flight record of real daemons. */
@Execution(ExecutionMode.CONCURRENT)
class FlightIT {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final int GRACE_SECONDS = 4;

  /** A pass a second, and a second for a machine that does something else. */
  private static final double LATE_SECONDS = 2;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final Scene scene = new Scene();

  private Daemon daemon() throws Exception {
    return scene.daemon(
        Implementation.JAVA, "host", "-g", Integer.toString(GRACE_SECONDS), "-o", "" + IO_TIMEOUT);
  }

  private static void join(Daemon daemon, Storage storage) throws IOException {
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace("ls", 0));
    Joining.join(daemon.cli(), storage.lockspace("ls", 1), IO_TIMEOUT);
  }

  /** Of the newest life. */
  private static JsonObject flight(Daemon daemon) throws IOException {
    Command.Result result =
        daemon.cli().run("flight", "--json", "--since", "all", "--life", "0").succeeded();
    return JsonParser.parseString(result.out()).getAsJsonObject().getAsJsonObject("data");
  }

  private static List<String> kinds(JsonObject flight) {
    return StreamSupport.stream(flight.getAsJsonArray("records").spliterator(), false)
        .map(record -> record.getAsJsonObject().get("kind").getAsString())
        .toList();
  }

  private static List<String> ends(JsonObject flight) {
    return StreamSupport.stream(flight.getAsJsonArray("lives").spliterator(), false)
        .map(life -> life.getAsJsonObject().get("end").getAsString())
        .toList();
  }

  private static boolean tells(Daemon daemon, String kind) throws IOException {
    return Files.exists(daemon.runDirectory().resolve("flight"))
        && kinds(flight(daemon)).contains(kind);
  }

  @Test
  void itOutlivesADaemonThatIsKilledAndTellsTheLivesApart() throws Exception {
    Storage storage = scene.faultyStorage(4);
    Daemon daemon = daemon();
    join(daemon, storage);
    Victims victims = scene.victims(daemon, Victim.holding(storage, "ls", 1));
    Await.until("the lease is in the record", LIMIT, () -> tells(daemon, "GRANTED"));
    assertThat(ends(flight(daemon))).containsExactly("RUNS");
    assertThat(daemon.cli().run("flight").succeeded().out()).contains("  runs\n");
    daemon.kill9();
    assertThat(daemon.awaitExit(LIMIT)).isNotZero();

    JsonObject flight = flight(daemon);
    assertThat(ends(flight)).containsExactly("DIED");
    assertThat(kinds(flight)).containsSubsequence("STARTED", "RENEWED", "JOINED", "GRANTED");
    Command.Result shown = daemon.cli().run("flight").succeeded();
    assertThat(shown.out())
        .contains("ended without a goodbye, the host went on")
        .contains("after the last renewal of ls, which it had not")
        .contains("given to process " + victims.pid(0));

    Daemon next = daemon();
    Await.until("the next life is in the record", LIMIT, () -> ends(flight(next)).size() == 2);
    next.signal("TERM");
    assertThat(next.awaitExit(LIMIT)).isZero();
    assertThat(ends(flight(next))).containsExactly("DIED", "ORDERLY");
    assertThat(next.cli().run("flight").succeeded().out()).contains("\n> life 1 ", "\n  life 2 ");
  }

  /** The garbage collection in between is what a thread in a page fault would hold up. */
  @Test
  void aFrozenLocalDiskDelaysNeitherSignalsNorGarbageCollectionsAndCostsNoRecord()
      throws Exception {
    Storage storage = scene.faultyStorage(4);
    FrozenFileSystem local = scene.freezableFileSystem();
    final Daemon daemon = daemonWithRecordOn(local);
    join(daemon, storage);
    Victims victims =
        scene.victims(
            daemon,
            Victim.holding(storage, "ls", 1),
            Victim.holding(storage, "ls", 2).survives(Victim.ALL));
    daemon.awaitRenewal("ls");
    local.freeze();
    storage.fault().holdEverything();
    double lost = daemon.lastRenewal("ls") + FAIL_SECONDS;
    Await.until("a renewal has failed", LIMIT, () -> daemon.log().contains("renewal error -202"));
    collectGarbage(daemon);
    victims.awaitEnd(0, LIMIT, daemon);
    assertThat(victims.endTime(0)).isBetween(lost, lost + LATE_SECONDS);
    collectGarbage(daemon);
    victims.awaitEnd(1, LIMIT, daemon);
    assertThat(victims.endStatus(1)).isEqualTo(Victims.SIGKILL);
    assertThat(victims.endTime(1))
        .isBetween(lost + GRACE_SECONDS, lost + GRACE_SECONDS + LATE_SECONDS);

    local.thaw();
    Await.until("it is written", LIMIT, () -> tells(daemon, "ALL_GONE"));
    assertThat(kinds(flight(daemon)))
        .containsSubsequence(
            "RENEWED",
            "RENEWAL_FAILED",
            "RENEWAL_LATE",
            "STOPPING",
            "SIGNAL",
            "PROCESS_GONE",
            "ALL_GONE")
        .doesNotContain("RECORDS_LOST");
    assertThat(signalsTo(flight(daemon), victims.pid(1))).startsWith(15).endsWith(9);
  }

  private static List<Integer> signalsTo(JsonObject flight, long pid) {
    return StreamSupport.stream(flight.getAsJsonArray("records").spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .filter(record -> record.get("kind").getAsString().equals("SIGNAL"))
        .filter(record -> record.get("a").getAsLong() == pid)
        .map(record -> record.get("b").getAsInt())
        .toList();
  }

  /** A first daemon makes the file, which then goes there. */
  private Daemon daemonWithRecordOn(FrozenFileSystem local) throws Exception {
    Daemon first = daemon();
    Await.until("it is made", LIMIT, () -> tells(first, "STARTED"));
    first.kill9();
    first.awaitExit(LIMIT);
    Path file = first.runDirectory().resolve("flight");
    Path there = local.directory().resolve("flight");
    Files.copy(file, there);
    Files.delete(file);
    Files.createSymbolicLink(file, there);
    Daemon second = daemon();
    Await.until("the second life is there", LIMIT, () -> ends(flight(second)).size() == 2);
    return second;
  }

  private static void collectGarbage(Daemon daemon) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Skip.unless(Files.isExecutable(jcmd), "there is no jcmd");
    Command.run(List.of(jcmd.toString(), "" + daemon.pid(), "GC.run"), Map.of(), LIMIT).succeeded();
  }

  @Test
  void aLocalDiskThatIsFullIsSaidAndDoesNoHarm() throws Exception {
    if (!Ids.isRoot()) {
      Skip.because("mounting a file system needs root");
    }
    Path small = Files.createDirectory(scene.directory().resolve("small"));
    Command.run(
            List.of("mount", "-t", "tmpfs", "-o", "size=1m", "none", small.toString()),
            Map.of(),
            LIMIT)
        .succeeded();
    scene.own(
        () -> Command.run(List.of("umount", "-l", small.toString()), Map.of(), LIMIT).succeeded());
    Storage storage = scene.faultyStorage(2);
    Daemon daemon = scene.own(Daemon.start(Implementation.JAVA, small, "host"));
    Await.until(
        "it is said",
        LIMIT,
        () -> daemon.log().contains("flight record " + small + "/host/flight: No space left"));
    assertThat(daemon.runDirectory().resolve("flight.new")).doesNotExist();
    join(daemon, storage);
    daemon.awaitRenewal("ls");
    Command.Result none = daemon.cli().run("flight");
    assertThat(none.exit()).isEqualTo(3);
    assertThat(none.err()).contains("there is no such file");
  }
}
