package io.sanlockd.it;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The lease of a dead host goes to another, when that host is certainly reset and not before. */
@Execution(ExecutionMode.CONCURRENT)
class TakeoverIT {
  /** 8 io_timeouts and 60 s for the watchdog (timeouts.md 1). */
  private static final long DEAD_SECONDS = Joining.DEAD_SECONDS;

  /** Longest time between two renewals, with whole seconds on both sides. */
  private static final long RENEWAL_SECONDS = 2 * Joining.IO_TIMEOUT + 3;

  /** What a try may take on top: renewal interval, ballot, the pauses between our tries. */
  private static final long SOON_SECONDS = 15;

  private static final Pattern HOST_1 =
      Pattern.compile("(?s)(?:^|\n)1 timestamp .*?last_live=(\\d+)");

  @RegisterExtension final Scene scene = new Scene();

  /** Everybody on a file, and those that are not of one kind on a device with large sectors. */
  static Stream<Arguments> peersAndStorage() {
    return Stream.concat(
        Peers.all().map(peers -> Arguments.arguments(peers, Storage.Kind.FILE)),
        Peers.all()
            .filter(peers -> peers.a() != peers.b())
            .map(peers -> Arguments.arguments(peers, Storage.Kind.LOOP_4096)));
  }

  /** The daemon of the first of the peers is killed, the second takes over. */
  @ParameterizedTest
  @MethodSource("peersAndStorage")
  void leaseOfAKilledDaemonIsTakenOverAfterItsDeadTimeAndSoonAfter(Peers peers, Storage.Kind kind)
      throws Exception {
    Cluster cluster = Cluster.form(scene, peers, kind);
    Holder onA = scene.holder(cluster.a.cli(), cluster.resource());
    Holder onB = scene.holder(cluster.b.cli());
    assertThat(onB.acquire(cluster.b.cli(), cluster.resource())).isEqualTo(-243);
    cluster.a.kill9();
    onA.kill9();
    final long killedSeconds = monotonicSeconds();

    int result = onB.acquire(cluster.b.cli(), cluster.resource());
    while (result != 0) {
      assertThat(result).as("refusal while the owner is not certainly dead").isEqualTo(-243);
      assertThat(monotonicSeconds() - killedSeconds)
          .as("seconds since the kill; %s", cluster.b.logTail())
          .isLessThan(DEAD_SECONDS + SOON_SECONDS);
      result = onB.acquire(cluster.b.cli(), cluster.resource());
    }
    // The kill came at most one renewal interval after the last renewal, whatever anybody saw.
    assertThat(monotonicSeconds() - killedSeconds)
        .as("seconds since the kill")
        .isGreaterThanOrEqualTo(DEAD_SECONDS - RENEWAL_SECONDS);
    long ageSeconds = monotonicSeconds() - lastLiveSeconds(cluster.b);
    System.out.println(
        peers
            + " on "
            + kind
            + ": lease taken over "
            + ageSeconds
            + " s after the last renewal seen");
    assertThat(ageSeconds).isBetween(DEAD_SECONDS, DEAD_SECONDS + SOON_SECONDS);
    assertThat(onB.inquire(cluster.b.cli()).out()).contains("\"" + cluster.resource() + ":2\"");
  }

  private static long lastLiveSeconds(Daemon observer) throws Exception {
    String status =
        observer.cli().client("host_status", "-s", Cluster.LOCKSPACE, "-D").succeeded().out();
    Matcher matcher = HOST_1.matcher(status);
    assertThat(matcher.find()).as(status).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  /** The daemons' clock: nanoTime and CLOCK_MONOTONIC are the same here. */
  private static long monotonicSeconds() {
    return NANOSECONDS.toSeconds(System.nanoTime());
  }
}
