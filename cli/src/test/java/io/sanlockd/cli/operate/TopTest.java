package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.client.State;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sanlock top} shows of a daemon's answers. */
class TopTest {
  private static final LeaseName SPACE = LeaseName.of("L<S");

  private static Snapshot snapshot(int useWatchdog, long lastSuccess, RenewalPoint... renewals) {
    State daemon =
        new State(
            new StateRecord(
                StateRecord.DAEMON,
                0,
                0,
                LeaseName.of("us"),
                "our_host_name=us use_watchdog="
                    + useWatchdog
                    + " kill_grace_seconds=40 monotime=1000"),
            Optional.empty(),
            Optional.empty());
    Lockspace place = new Lockspace(SPACE, 2, 0, new Disk("/dev/leases", 0));
    State lockspace =
        new State(
            new StateRecord(
                StateRecord.LOCKSPACE,
                0,
                2,
                SPACE,
                "list=spaces io_timeout=10 host_generation=3 space_dead=0 renewal_last_success="
                    + lastSuccess),
            Optional.of(place),
            Optional.empty());
    Resource resource = Resource.on(SPACE, LeaseName.of("r1"), List.of(new Disk("/dev/leases", 1)));
    State lease =
        new State(
            new StateRecord(StateRecord.RESOURCE, 77, 5, LeaseName.of("r1"), "list=held"),
            Optional.empty(),
            Optional.of(resource));
    LockspaceView view =
        new LockspaceView(
            lockspace,
            List.of(
                new HostSight(1, 1, 4, 950, 990, 980, 20, "other"),
                new HostSight(2, 2, 3, 996, 998, 998, 10, "us"),
                new HostSight(3, 3, 1, 0, 998, 500, 10, "gone")),
            Map.of(1L, HostState.LIVE, 2L, HostState.LIVE),
            List.of(renewals),
            List.of(lease));
    return new Snapshot(
        DaemonView.of(List.of(daemon, lockspace, lease)),
        List.of(view),
        60,
        LocalDateTime.of(2026, 1, 2, 3, 4, 5));
  }

  private static String screen(Snapshot snapshot) {
    Screen.Text nowhere = new Screen.Text(new StringBuilder());
    return String.join("\n", TopScreen.lines(new Console(nowhere, nowhere, true), snapshot));
  }

  @Test
  void theForecastCountsFromTheLastRenewal() {
    assertThat(screen(snapshot(1, 996)))
        .contains("4 s ago")
        .contains("warn 56 s   kill 76 s   SIGKILL 116 s   fire 126 s")
        .doesNotContain("RENEWALS FAIL");
    assertThat(screen(snapshot(1, 930)))
        .contains("70 s ago  RENEWALS FAIL")
        .contains("warn 0 s   kill 10 s   SIGKILL 50 s   fire 60 s");
    assertThat(screen(snapshot(0, 996))).contains("SIGKILL 116 s   no watchdog");
  }

  @Test
  void hostsAreShownWithTheMomentAtWhichTheyWouldCountAsDead() {
    assertThat(screen(snapshot(1, 996)))
        .contains("        1  other                             4  LIVE      20 s  20  201 s\n")
        .contains(">       2  us                                3  LIVE       2 s  10  139 s\n")
        .contains("        3  gone                              1  FREE     500 s  10  -");
  }

  @Test
  void leasesAreShownWithTheirProcess() {
    assertThat(screen(snapshot(1, 996)))
        .contains("lease r1  version 5  exclusive  held  process 77");
  }

  @Test
  void latencyBarsAreHigherForSlowerRenewalsAndMarkFailures() {
    assertThat(
            screen(
                snapshot(
                    1,
                    996,
                    new RenewalPoint(900, 0, 1, 0),
                    new RenewalPoint(920, 100, 20, 0),
                    new RenewalPoint(940, 5, 9999, 0),
                    new RenewalPoint(960, 5, 5, 2),
                    new RenewalPoint(996, 60_000, 5, 0))))
        .contains("latency   ▁▅█!█")
        .contains("5 renewals: half within 100.0 ms")
        .contains("attempts that failed (!): 2");
  }

  @Test
  void theChartIsWellFormedWhateverTheNames(@TempDir Path directory) throws Exception {
    Snapshot snapshot =
        snapshot(1, 996, new RenewalPoint(900, 1, 2, 3), new RenewalPoint(996, 90_000, 0, 0));
    Path svg = directory.resolve("r.svg");
    RenewalReport.write(snapshot, svg);
    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(svg.toFile());
    assertThat(Files.readString(svg)).contains("L&lt;S", "io_timeout 10 s", "▼");
    Path html = directory.resolve("r.html");
    RenewalReport.write(snapshot, html);
    assertThat(Files.readString(html))
        .contains("<h2>Lockspace L&lt;S</h2>", "<td>other</td>", "failed attempts: 3")
        .doesNotContain("L<S");
  }

  @Test
  void aPictureIsOfOneLockspace(@TempDir Path directory) {
    Snapshot none =
        new Snapshot(DaemonView.of(List.of()), List.of(), 60, LocalDateTime.of(2026, 1, 2, 3, 4));
    assertThatThrownBy(() -> RenewalReport.write(none, directory.resolve("r.svg")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("name one with -s");
    assertThat(screen(none)).contains("no lockspace is joined");
  }

  @Test
  void withoutADaemonTheCommandSaysSo() {
    Screen screen = new Screen();
    assertThat(screen.run("top", "--once")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.err()).contains("STATUS failed: -2");
    assertThat(screen.run("top", "--interval", "0")).isEqualTo(ExitStatus.USAGE);
  }
}
