package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A volume group shared by two hosts, each with the unmodified lvmlockd of Debian over a sanlock
 * daemon (consumers.md 5). What it does beyond that, call by call, is in {@link
 * ConsumerLvmlockdIT}.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LvmlockdIT {
  private static final int EAGAIN = -11;

  /** Lockspace in the first 65 areas, the global lock, the lock of the group, and some to spare. */
  private static final int AREAS = 72;

  private static final Path MAPPER = Path.of("/dev/mapper");

  @RegisterExtension final Scene scene = new Scene();

  private String group;

  /** lvmlockd looks for the leases of a group in a logical volume of that name. */
  private void publish(Storage storage) throws IOException {
    group = "vg" + scene.directory().getFileName().toString().replaceAll("[^0-9]", "");
    Path link = MAPPER.resolve(group + "-lvmlock");
    Files.createDirectories(MAPPER);
    Files.createSymbolicLink(link, storage.path());
    AutoCloseable remove = () -> Files.delete(link);
    scene.own(remove);
  }

  private Map<String, String> request(String mode, String options, String... more) {
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "cmd", "test",
                "pid", Long.toString(ProcessHandle.current().pid()),
                "mode", mode,
                "opts", options,
                "vg_name", group,
                "vg_uuid", "group-uuid",
                "vg_lock_type", "sanlock",
                "vg_lock_args", "1.0.0:lvmlock",
                "max_retries", "0"));
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return values;
  }

  private Map<String, String> group(String mode) {
    return request(mode, "none");
  }

  private Map<String, String> volume(String mode, String place) {
    return request(
        mode, "persistent", "lv_name", "lv1", "lv_uuid", "volume-uuid", "lv_lock_args", place);
  }

  private void start(Lvmlockd lvmlockd) {
    try (Lvmlockd.Client client = lvmlockd.client()) {
      assertThat(client.result("start_vg", request("ex", "wait"))).isZero();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void twoHostsShareAVolumeGroup(Peers peers) throws Exception {
    Skip.unless(Ids.isRoot(), "links in " + MAPPER + " need root");
    Storage storage = scene.storage(Storage.Kind.LOOP_512, AREAS);
    publish(storage);
    Daemon daemon = scene.daemon(peers.a(), "hostA");
    Lvmlockd onA = scene.own(Lvmlockd.start(daemon, scene.directory(), 1));
    Lvmlockd onB =
        scene.own(Lvmlockd.start(scene.daemon(peers.b(), "hostB"), scene.directory(), 2));
    try (Lvmlockd.Client a = onA.client();
        Lvmlockd.Client b = onB.client()) {
      assertThat(a.ask("hello", Map.of())).containsEntry("protocol", "lvmlockd");
      assertThat(a.ask("init_vg", request("ex", "none", "vg_lock_args", "lvmlock")))
          .containsEntry("op_result", "0")
          .containsEntry("vg_lock_args", "1.0.0:lvmlock");
      CompletableFuture<Void> first = CompletableFuture.runAsync(() -> start(onA));
      start(onB);
      first.join();

      // The group is changed on one host; the other learns from the value block that it was.
      assertThat(a.result("lock_vg", group("ex"))).isZero();
      assertThat(b.result("lock_vg", group("sh"))).isEqualTo(EAGAIN);
      assertThat(a.result("vg_update", request("ex", "none", "version", "7"))).isZero();
      assertThat(a.result("lock_vg", group("un"))).isZero();
      assertThat(b.result("lock_vg", group("sh"))).isZero();
      assertThat(onB.log()).content().contains("R VGLK res_lock initial version 7");
      assertThat(a.result("lock_vg", group("sh"))).isZero();
      assertThat(a.result("lock_vg", group("un"))).isZero();
      assertThat(b.result("lock_vg", group("un"))).isZero();

      // A logical volume is active on one host, then on both, then on the other.
      Map<String, String> made = a.ask("init_lv", volume("ex", ""));
      String place = made.get("lv_lock_args");
      assertThat(place).as("%s", made).isEqualTo("1.0.0:" + 67L * Storage.AREA);
      assertThat(a.result("lock_lv", volume("ex", place))).isZero();
      assertThat(b.result("lock_lv", volume("sh", place))).isEqualTo(EAGAIN);
      assertThat(a.result("lock_lv", volume("sh", place))).isZero();
      assertThat(b.result("lock_lv", volume("sh", place))).isZero();
      assertThat(a.result("lock_lv", volume("ex", place))).isEqualTo(EAGAIN);
      assertThat(a.result("lock_lv", volume("un", place))).isZero();
      assertThat(b.result("lock_lv", volume("ex", place))).isZero();
      assertThat(a.result("lock_lv", volume("sh", place))).isEqualTo(EAGAIN);
      assertThat(b.result("lock_lv", volume("un", place))).isZero();

      // What is locked persistently outlives lvmlockd: the volume may be in use.
      assertThat(a.result("lock_lv", volume("ex", place))).isZero();
      onA.close();
      Await.until(
          "the lease is an orphan",
          Consumers.SOON,
          () -> daemon.cli(Implementation.C).client("status").out().contains(" ORPHAN"));
      assertThat(b.result("lock_lv", volume("ex", place))).isEqualTo(EAGAIN);
      assertThat(b.result("stop_vg", request("un", "wait"))).isZero();
    }
  }
}
