package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two hosts on one disk respect each other's leases, whoever wrote their daemons. */
@Execution(ExecutionMode.CONCURRENT)
class MixedClusterIT {
  @RegisterExtension final Scene scene = new Scene();

  static Stream<Arguments> peersAndStorage() {
    return Peers.all()
        .flatMap(
            peers ->
                Stream.of(Storage.Kind.values()).map(kind -> Arguments.arguments(peers, kind)));
  }

  @ParameterizedTest
  @MethodSource("peersAndStorage")
  void eachHostIsRefusedWhileTheOtherHoldsTheLease(Peers peers, Storage.Kind kind)
      throws Exception {
    Cluster cluster = Cluster.form(scene, peers, kind);
    String resource = cluster.resource();
    Holder onA = scene.holder(cluster.a.cli());
    Holder onB = scene.holder(cluster.b.cli());
    for (int round = 0; round < 2; round++) {
      assertThat(onA.acquire(cluster.a.cli(), resource)).isZero();
      assertThat(onB.acquire(cluster.b.cli(), resource)).isEqualTo(-243);
      assertThat(onA.release(cluster.a.cli(), resource)).isZero();
      assertThat(onB.acquire(cluster.b.cli(), resource)).isZero();
      assertThat(onA.acquire(cluster.a.cli(), resource)).isEqualTo(-243);
      assertThat(onB.release(cluster.b.cli(), resource)).isZero();
    }
    assertThat(onA.acquire(cluster.a.cli(), resource)).isZero();
    // One version for every change of hands: four before this one.
    assertThat(onA.inquire(cluster.a.cli()).out()).contains("\"" + resource + ":5\"");
    onA.kill9();
    Await.until(
        "the lease of the killed process is given to the other host",
        Duration.ofSeconds(20),
        () -> onB.acquire(cluster.b.cli(), resource) == 0);
  }

  @ParameterizedTest
  @MethodSource("peersAndStorage")
  void eachHostSeesTheOtherAlive(Peers peers, Storage.Kind kind) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, kind);
    awaitLive(cluster.a, 2);
    awaitLive(cluster.b, 1);
    String seenByA =
        cluster.a.cli().client("host_status", "-s", Cluster.LOCKSPACE, "-D").succeeded().out();
    assertThat(seenByA)
        .contains(
            "owner_name=hostA\n", "owner_name=hostB\n", "io_timeout=" + Joining.IO_TIMEOUT + "\n");
    String seenByB =
        cluster.b.cli().client("host_status", "-s", Cluster.LOCKSPACE, "-D").succeeded().out();
    assertThat(seenByB)
        .contains(
            "owner_name=hostA\n", "owner_name=hostB\n", "io_timeout=" + Joining.IO_TIMEOUT + "\n");
  }

  private static void awaitLive(Daemon daemon, int otherHostId) throws Exception {
    Await.value(
        daemon + " sees host " + otherHostId + " alive",
        Duration.ofSeconds(20),
        () -> daemon.cli().client("gets", "-h", "1").out(),
        out -> out.matches("(?s).*\nh " + otherHostId + " gen 1 timestamp \\d+ LIVE\n.*"),
        daemon::logTail);
  }
}
