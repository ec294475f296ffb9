package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutual exclusion with a witness on the disk that knows nothing of leases. Alone, because how
 * often a host wins depends on the processor time it gets.
 */
@Isolated
class ContentionIT {
  private static final int GRANTS = 500;
  private static final int PROCESSES_PER_HOST = 2;
  private static final int COUNTER_AREA = 2;

  /** A host that never wins would make the test pass without contention. */
  private static final int LEAST_GRANTS_OF_A_HOST = 25;

  @RegisterExtension final Scene scene = new Scene();

  @ParameterizedTest
  @MethodSource("io.sanlockd.it.Peers#all")
  void fiveHundredGrantsLoseNoCount(Peers peers) throws Exception {
    Cluster cluster = Cluster.form(scene, peers, Storage.Kind.FILE);
    long startNanos = System.nanoTime();
    List<PythonClient> onA = start(cluster.a, cluster.storage);
    List<PythonClient> onB = start(cluster.b, cluster.storage);
    int countedOnA = counted(onA);
    int countedOnB = counted(onB);
    long millis = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    System.out.printf("%s: %d + %d grants in %d ms%n", peers, countedOnA, countedOnB, millis);
    assertThat(cluster.storage.read((long) COUNTER_AREA * Storage.AREA, 8).getLong())
        .isEqualTo(GRANTS);
    assertThat(countedOnA + countedOnB).isEqualTo(GRANTS);
    assertThat(Math.min(countedOnA, countedOnB)).isGreaterThanOrEqualTo(LEAST_GRANTS_OF_A_HOST);
  }

  private List<PythonClient> start(Daemon daemon, Storage storage) throws Exception {
    List<PythonClient> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES_PER_HOST; i++) {
      processes.add(
          scene.python(
              daemon,
              "contend.py",
              storage.path(),
              Storage.AREA,
              COUNTER_AREA * Storage.AREA,
              GRANTS));
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
