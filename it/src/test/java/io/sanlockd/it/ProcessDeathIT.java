package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The death of a registered process frees its leases, on the disk, at once. */
class ProcessDeathIT {
  private static final int ROUNDS = 5;
  private static final long LEADER_TIMESTAMP = 152;
  private static final Duration EXPECTED = Duration.ofMillis(150);

  @RegisterExtension final Scene scene = new Scene();

  @Test
  void killedProcessHasItsLeaseFreedOnTheDiskWithinATenthOfASecond() throws Exception {
    Daemon daemon = scene.daemon(Peers.tested(), "host");
    Storage storage = scene.storage(Storage.Kind.FILE, 4);
    String resource = storage.resource(Cluster.LOCKSPACE, "r1", 1);
    Joining.init(daemon.cli(), storage, "-s", storage.lockspace(Cluster.LOCKSPACE, 0));
    Joining.init(daemon.cli(), storage, "-r", resource);
    Joining.join(daemon.cli(), storage.lockspace(Cluster.LOCKSPACE, 1));

    Duration best = Duration.ofDays(1);
    for (int round = 0; round < ROUNDS; round++) {
      Holder holder = scene.holder(daemon.cli(), resource);
      assertThat(timestamp(storage)).isNotZero();
      long startNanos = System.nanoTime();
      holder.kill9();
      Await.until("the lease is free", Duration.ofSeconds(20), () -> timestamp(storage) == 0);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
      System.out.println("lease freed " + elapsed.toMillis() + " ms after kill -9");
      best = elapsed.compareTo(best) < 0 ? elapsed : best;
    }
    // The machine may be busy with something else, but not in every round. The pause of our own
    // looking is inside the extra 50 ms.
    assertThat(best).isLessThan(EXPECTED);
  }

  private static long timestamp(Storage storage) throws IOException {
    return storage.read(Storage.AREA + LEADER_TIMESTAMP, Long.BYTES).getLong();
  }
}
