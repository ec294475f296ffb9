package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.it.LibraryClient.Lease;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hosts with our daemon and with the C one, in turn, share leases on one disk. Their processes take
 * them in both modes, convert them, are killed; whole hosts crash and come back. A {@link
 * TortureWitness} sees every use. {@code ./torture} runs it for as long as one likes.
 */
@Isolated
class TortureIT {
  private static final int RESOURCES = 2;
  private static final int COUNTER_AREA = 1 + RESOURCES;
  private static final int NUMBERS_OF_HOSTS = 3;
  private static final Duration AGAIN = Duration.ofSeconds(150);

  /** Between crashes of hosts. */
  private static final int CRASH_SECONDS = 12;

  @RegisterExtension final Scene scene = new Scene();

  private static Duration duration() {
    long seconds = Long.getLong("torture.seconds", 45);
    return Duration.ofSeconds(Math.max(1, seconds / NUMBERS_OF_HOSTS));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void noLeaseIsUsedBesideAnExclusiveUser(int count) throws Exception {
    long seed = Long.getLong("torture.seed", 1);
    Storage storage = scene.storage(Storage.Kind.FILE, COUNTER_AREA + RESOURCES);
    List<TortureHost> hosts = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      Implementation implementation = id % 2 == 1 ? Peers.tested() : Implementation.C;
      hosts.add(new TortureHost(scene, storage, implementation, id));
    }
    Cli first = hosts.get(0).daemon().cli();
    Joining.init(first, storage, "-s", storage.lockspace(Cluster.LOCKSPACE, 0));
    for (int i = 0; i < RESOURCES; i++) {
      Joining.init(first, storage, "-r", storage.resource(Cluster.LOCKSPACE, "r" + i, 1 + i));
    }
    for (TortureHost host : hosts) {
      host.joinIfNeeded();
    }
    TortureWitness witness = new TortureWitness(storage, COUNTER_AREA, RESOURCES);
    long deadline = System.nanoTime() + duration().toNanos();
    hosts.forEach(host -> host.start(witness, RESOURCES, seed, deadline));
    torture(hosts, new Random(seed), deadline);
    for (TortureHost host : hosts) {
      host.finish();
    }
    assertThat(witness.violations()).isEmpty();
    assertThat(hosts).flatMap(TortureHost::surprises).isEmpty();
    assertThat(hosts).allMatch(host -> host.grants() > 0, "was granted a lease");
    everyLeaseIsHadAgain(storage, hosts.get(0));
  }

  /** The torture can fail: its witness sees an overlap, and a lost count. */
  @Test
  void theWitnessSeesWhatMustNotBe() throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    TortureWitness witness = new TortureWitness(storage, 1, 1);
    TortureWitness.Use first = use("first", scene.library(daemon), true);
    TortureWitness.Use second = use("second", scene.library(daemon), true);
    witness.begins(first);
    witness.begins(second);
    assertThat(witness.violations()).isEmpty();
    TortureWitness.Use third = use("third", scene.library(daemon), false);
    LibraryClient dead = scene.library(daemon);
    dead.kill9();
    witness.begins(use("dead", dead, false));
    assertThat(witness.violations()).as("who is dead uses nothing").isEmpty();
    witness.begins(third);
    assertThat(witness.violations())
        .hasSize(2)
        .allMatch(v -> v.startsWith("r0 is granted to third exclusive while in use by "));
    witness.ends(third);
    witness.ends(first);
    assertThat(witness.violations())
        .hasSize(3)
        .contains("r0 changed from 0 to 1 during first shared");
    storage.write(Storage.AREA, ByteBuffer.allocate(8));
    assertThat(witness.violations()).contains("counter of r0 is 0 after 1 exclusive uses");
  }

  private static TortureWitness.Use use(String name, LibraryClient process, boolean shared) {
    return new TortureWitness.Use(name, Peers.tested(), process, 0, shared);
  }

  private static void torture(List<TortureHost> hosts, Random random, long deadline)
      throws Exception {
    long nextCrash = System.nanoTime();
    while (System.nanoTime() - deadline < 0) {
      Thread.sleep(300);
      for (TortureHost host : hosts) {
        host.joinIfNeeded();
      }
      if (System.nanoTime() - nextCrash > 0) {
        nextCrash += (1 + random.nextInt(2 * CRASH_SECONDS)) * 1_000_000_000L;
        hosts.get(random.nextInt(hosts.size())).crash();
      }
    }
  }

  private void everyLeaseIsHadAgain(Storage storage, TortureHost host) throws Exception {
    host.joinIfNeeded();
    LibraryClient client = host.newProcess();
    for (int i = 0; i < RESOURCES; i++) {
      Lease lease = Lease.at(storage, Cluster.LOCKSPACE, "r" + i, 1 + i);
      Await.value(
          "r" + i + " can be had again",
          AGAIN,
          () -> client.acquire(LibraryClient.OWNER_NOWAIT, lease),
          result -> result == 0,
          host.daemon()::logTail);
    }
  }
}
