package io.sanlockd.daemon.exposition;

import static io.sanlockd.daemon.world.World.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.VirtualWdmd;
import io.sanlockd.daemon.world.World;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The numbers of a whole daemon move as things happen to it. */
class FamiliesTest {
  private static final int IO_TIMEOUT = 2;
  private static final int FAIL_SECONDS = 8 * IO_TIMEOUT;
  private static final String SPACE = "{lockspace=\"LS\",host_id=\"1\"}";

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualWdmd wdmd = new VirtualWdmd(world.time(), 10, 60);
  private final VirtualDaemon daemon = world.daemon("a", wdmd).join(1, IO_TIMEOUT);
  private final Sources sources = Exposed.sources(daemon);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private String text() {
    LoopView view = LoopView.of(sources);
    List<Family> families = new ArrayList<>(LockspaceFamilies.of(view));
    families.addAll(DaemonFamilies.of(sources, view));
    StringBuilder text = new StringBuilder();
    new Exposition(families).forEachRemaining(text::append);
    return text.toString();
  }

  private double value(String name) {
    Map<String, Double> samples = Exposed.samples(text());
    assertThat(samples).containsKey(name);
    return samples.get(name);
  }

  private static String request(String command, String code, String name) {
    return "sanlockd_requests_total{command=\""
        + command
        + "\",code=\""
        + code
        + "\",name=\""
        + name
        + "\"}";
  }

  private static String stops(String means) {
    return "sanlockd_process_stops_total{reason=\"lockspace\",means=\""
        + means
        + "\",outcome=\"sent\"}";
  }

  @Test
  void everySampleBelongsToTheFamilyBeforeIt() {
    daemon.holder(7, VirtualClient.resource(1));
    Set<String> families = new HashSet<>();
    String family = "";
    for (String line : text().lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        family = line.split(" ", -1)[2];
        assertThat(families.add(family)).as(family).isTrue();
      } else if (!line.startsWith("#")) {
        assertThat(line.replaceFirst("[{ ].*", ""))
            .matches(family + "(_total|_info|_bucket|_count|_sum)?");
      }
    }
    assertThat(text()).endsWith("\n# EOF\n");
  }

  @Test
  void aGrantAndARefusalAreCountedByResult() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    assertThat(value(request("acquire", "0", "OK"))).isEqualTo(1);
    assertThat(value("sanlockd_ballots_total")).isEqualTo(1);
    assertThat(value("sanlockd_leases{state=\"held\"}")).isEqualTo(1);
    assertThat(value("sanlockd_connections_registered")).isEqualTo(1);

    daemon.registered(8).acquire(0, VirtualClient.resource(1));
    world.time().advance(1);
    assertThat(value(request("acquire", "-17", "EEXIST"))).isEqualTo(1);
    assertThat(value(request("acquire", "0", "OK"))).isEqualTo(1);

    holder.releaseAll();
    world.time().advance(1);
    assertThat(value("sanlockd_leases{state=\"held\"}")).isZero();
  }

  @Test
  void aLateRenewalShowsLongBeforeTheLeaseIsLost() {
    assertThat(value("sanlockd_lockspace_active" + SPACE)).isEqualTo(1);
    assertThat(value("sanlockd_lockspace_renewal_age_seconds" + SPACE)).isLessThan(2 * IO_TIMEOUT);
    assertThat(value("sanlockd_lockspace_warn_after_seconds" + SPACE)).isEqualTo(6 * IO_TIMEOUT);
    assertThat(value("sanlockd_lockspace_lost_after_seconds" + SPACE)).isEqualTo(FAIL_SECONDS);
    assertThat(value("sanlockd_lockspace_io_timeout_seconds" + SPACE)).isEqualTo(IO_TIMEOUT);
    world.disks().file(DISK).hang();
    world.time().advance(6 * IO_TIMEOUT);
    assertThat(value("sanlockd_lockspace_renewal_age_seconds" + SPACE))
        .isGreaterThanOrEqualTo(6 * IO_TIMEOUT);
    assertThat(
            value(
                "sanlockd_lockspace_renewals_total"
                    + "{lockspace=\"LS\",host_id=\"1\",result=\"timeout\"}"))
        .isPositive();
    assertThat(value("sanlockd_lockspace_lost" + SPACE)).isZero();
  }

  @Test
  void aLostLeaseAndTheSignalsThatFollowShow() {
    VirtualClient holder = daemon.holder(7, VirtualClient.resource(1));
    assertThat(value(stops("sigterm"))).isZero();
    world.disks().file(DISK).hang();
    world.time().advance(FAIL_SECONDS + 1);
    assertThat(value("sanlockd_lockspace_lost" + SPACE)).isEqualTo(1);
    assertThat(value("sanlockd_lockspace_losses_total{cause=\"expired\"}")).isEqualTo(1);
    assertThat(value("sanlockd_lockspace_losses_total{cause=\"unguarded\"}")).isZero();
    assertThat(value(stops("sigterm"))).isPositive();
    assertThat(value(stops("sigkill"))).isZero();
    world.time().advance(VirtualDaemon.GRACE_SECONDS);
    assertThat(value(stops("sigkill"))).isPositive();
    assertThat(value(stops("sigterm")) + value(stops("sigkill")))
        .isEqualTo(holder.process().signals().size());
    assertThat(value("sanlockd_lockspace_stuck" + SPACE)).isZero();
    world.time().advance(120);
    assertThat(value("sanlockd_lockspace_stuck" + SPACE)).isEqualTo(1);
  }

  @Test
  void aLossThatIsOverBeforeAnybodyLooksShowsAllTheSame() {
    world.disks().file(DISK).hang();
    world.time().advance(2 * FAIL_SECONDS);
    assertThat(value("sanlockd_lockspace_losses_total{cause=\"expired\"}")).isEqualTo(1);
  }

  @Test
  void theWatchdogOfALockspaceShows() {
    assertThat(value("sanlockd_lockspace_watchdog_armed" + SPACE)).isEqualTo(1);
    assertThat(value("sanlockd_lockspace_watchdog_lost" + SPACE)).isZero();
    daemon.holder(7, VirtualClient.resource(1));
    wdmd.die();
    assertThat(value("sanlockd_lockspace_watchdog_lost" + SPACE)).isEqualTo(1);
  }

  @Test
  void whatIsNotJoinedYetHasNoAge() {
    world.disks().create("/other", World.MIB);
    world.formatLockspace("/other", 0, "LATER", IO_TIMEOUT);
    daemon.client().add("LATER", 1, "/other", 0, IO_TIMEOUT);
    world.time().advance(0.5);
    String later = "{lockspace=\"LATER\",host_id=\"1\"}";
    assertThat(Exposed.samples(text()))
        .containsEntry("sanlockd_lockspace_active" + later, 0.0)
        .doesNotContainKey("sanlockd_lockspace_renewal_age_seconds" + later);
    world.time().advance(4 * IO_TIMEOUT);
    assertThat(Exposed.samples(text()))
        .containsEntry("sanlockd_lockspace_active" + later, 1.0)
        .containsKey("sanlockd_lockspace_renewal_age_seconds" + later);
  }

  @Test
  void theRestOfTheDaemonShows() {
    Map<String, Double> samples = Exposed.samples(text());
    assertThat(samples)
        .containsEntry("sanlockd_daemon_info{host_name=\"a\\\"host\"}", 1.0)
        .containsEntry("sanlockd_watchdog_configured", 0.0)
        .containsEntry("sanlockd_io_timeouts_total", 6.0)
        .containsEntry("sanlockd_io_late", 1.0)
        .containsEntry("sanlockd_workers_busy{pool=\"requests\"}", 3.0)
        .containsEntry("sanlockd_workers_limit{pool=\"background\"}", 4.0)
        .containsEntry("sanlockd_workers_waiting{pool=\"requests\"}", 1.0)
        .containsEntry("sanlockd_client_descriptors", (double) Exposed.CLIENT_DESCRIPTORS)
        .containsEntry("sanlockd_client_descriptors_limit", (double) Exposed.DESCRIPTOR_LIMIT)
        .containsEntry("sanlockd_helper_up", 1.0)
        .containsEntry("sanlockd_helper_starts_total", 5.0)
        .containsEntry("sanlockd_helper_silence_seconds", 4.0)
        .containsEntry("sanlockd_helper_messages_lost_total", 2.0)
        .containsKey("sanlockd_main_loop_turn_seconds_bucket{le=\"0.02\"}")
        .containsKey("sanlockd_supervision_longest_delay_seconds");
  }
}
