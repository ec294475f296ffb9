package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutual exclusion with a witness on the disk that knows nothing of leases: a counter, and how
 * often it was another host's turn. Which host wins how often is chance, so they go on until the
 * lease has changed hosts often enough to have been in contention.
 */
class ContentionIT {
  private static final int GRANTS = 500;
  private static final int PROCESSES_PER_HOST = 2;
  private static final int COUNTER_AREA = 2;

  private static final int HANDOVERS = 25;

  @RegisterExtension final Scene scene = new Scene();

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void fiveHundredGrantsLoseNoCount(Peers peers) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    long startNanos = System.nanoTime();
    List<PythonClient> onA = start(1, cluster.a, cluster.storage);
    List<PythonClient> onB = start(2, cluster.b, cluster.storage);
    int countedOnA = counted(onA);
    int countedOnB = counted(onB);
    long millis = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    ByteBuffer witness = cluster.storage.read((long) COUNTER_AREA * Storage.AREA, 32);
    long count = witness.getLong();
    long handovers = witness.getLong(24);
    System.out.printf(
        "%s: %d + %d grants, %d handovers in %d ms%n",
        peers, countedOnA, countedOnB, handovers, millis);
    assertThat(countedOnA + countedOnB).isEqualTo(count).isGreaterThanOrEqualTo(GRANTS);
    assertThat(handovers).isGreaterThanOrEqualTo(HANDOVERS);
  }

  private List<PythonClient> start(int host, Daemon daemon, Storage storage) throws Exception {
    List<PythonClient> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES_PER_HOST; i++) {
      processes.add(
          scene.python(
              daemon,
              "contend.py",
              host,
              storage.path(),
              Storage.AREA,
              COUNTER_AREA * Storage.AREA,
              GRANTS,
              HANDOVERS));
    }
    return processes;
  }

  private static int counted(List<PythonClient> processes) throws Exception {
    int sum = 0;
    for (PythonClient process : processes) {
      JsonObject result = process.result(Duration.ofMinutes(5));
      System.out.println("  " + result);
      sum += result.get("counted").getAsInt();
    }
    return sum;
  }
}
