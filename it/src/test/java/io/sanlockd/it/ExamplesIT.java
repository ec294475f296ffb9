package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.lease.FencingToken;
import io.sanlockd.examples.Counter;
import io.sanlockd.examples.Election;
import io.sanlockd.examples.Failover;
import io.sanlockd.examples.Mutex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example programs do what they say, on two hosts with daemons of either kind. */
@Execution(ExecutionMode.CONCURRENT)
class ExamplesIT {
  @RegisterExtension final Scene scene = new Scene();

  /** Both daemons are there in the first pair; which of the hosts has which does not matter. */
  static Stream<Peers> peers() {
    return Peers.all().filter(peers -> peers.a() == Peers.tested());
  }

  @ParameterizedTest
  @MethodSource("peers")
  void mutexKeepsPairsOfLinesTogether(Peers peers) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    Path file = scene.directory().resolve("lines");
    String lease = cluster.resource();
    Example first = Example.start(scene, cluster.a, Mutex.class, lease, file, "first", 4);
    Example second = Example.start(scene, cluster.b, Mutex.class, lease, file, "second", 4);
    Example third = Example.start(scene, cluster.a, Mutex.class, lease, file, "third", 4);
    Stream.of(first, second, third).forEach(Example::awaitSuccess);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(24);
    for (int i = 0; i < lines.size(); i += 2) {
      assertThat(lines.get(i)).endsWith(" begins");
      assertThat(lines.get(i + 1)).isEqualTo(lines.get(i).replace("begins", "ends"));
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void ofThreeCandidatesOneLeadsUntilItWithdrawsOrDies(Peers peers) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    List<Example> candidates = new ArrayList<>();
    for (Daemon host : List.of(cluster.a, cluster.b, cluster.a)) {
      String name = "candidate" + candidates.size();
      candidates.add(Example.start(scene, host, Election.class, cluster.resource(), name));
    }
    List<FencingToken> leaderships = new ArrayList<>();
    Example leader = awaitLeader(candidates, leaderships);
    leader.endInput();
    leader.awaitSuccess();
    assertThat(leader.output()).contains(" leads no more\n").contains(" withdrew\n");
    candidates.remove(leader);
    leader = awaitLeader(candidates, leaderships);
    candidates.remove(leader);
    assertThat(candidates.get(0).output()).doesNotContain(" leads as ");
    leader.kill9();
    Example unused = awaitLeader(candidates, leaderships);
    assertThat(leaderships).hasSize(3);
    assertThat(leaderships).extracting(FencingToken::version).isSorted().doesNotHaveDuplicates();
  }

  private static Example awaitLeader(List<Example> candidates, List<FencingToken> leaderships)
      throws Exception {
    List<Example> leaders =
        Await.value(
            "one of them leads",
            Example.LIMIT,
            () -> candidates.stream().filter(it -> it.output().contains(" leads as ")).toList(),
            found -> !found.isEmpty(),
            () -> candidates.stream().map(Example::output).collect(Collectors.joining()));
    assertThat(leaders).hasSize(1);
    String output = leaders.get(0).output();
    String rest = output.substring(output.indexOf(" leads as ") + " leads as ".length());
    leaderships.add(FencingToken.parse(rest.substring(0, rest.indexOf('\n'))));
    return leaders.get(0);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void secondOfAPairGoesOnWhenTheFirstIsKilled(Peers peers) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    Path journal = scene.directory().resolve("journal");
    Example first =
        Example.start(scene, cluster.a, Failover.class, cluster.resource(), journal, "first");
    first.awaitOutput("first owns the journal");
    Example second =
        Example.start(scene, cluster.b, Failover.class, cluster.resource(), journal, "second");
    second.awaitOutput("second waits");
    Await.until(
        "the first wrote",
        Example.LIMIT,
        () -> Files.exists(journal) && Files.readString(journal).contains(" first 3\n"));
    assertThat(second.output()).doesNotContain("owns");
    first.kill9();
    second.awaitOutput("second owns the journal");
    Await.until(
        "the second wrote", Example.LIMIT, () -> Files.readString(journal).contains(" second 3\n"));
    List<Long> versions =
        Files.readAllLines(journal).stream()
            .map(line -> FencingToken.parse(line.substring(0, line.indexOf(' '))).version())
            .toList();
    assertThat(versions).isSorted();
    assertThat(versions.stream().distinct()).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void counterCountsEveryStepOnceOnAllHosts(Peers peers) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    Example first = Example.start(scene, cluster.a, Counter.class, cluster.resource(), 5);
    Example second = Example.start(scene, cluster.b, Counter.class, cluster.resource(), 5);
    List<Long> counted =
        Stream.of(first, second)
            .flatMap(example -> example.awaitSuccess().output().lines())
            .map(Long::valueOf)
            .sorted()
            .toList();
    assertThat(counted).isEqualTo(LongStream.rangeClosed(1, 10).boxed().toList());
  }
}
