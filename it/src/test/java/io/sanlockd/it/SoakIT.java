package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.model.testing.Skip;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A daemon serves clients that come and go without end, and uses no more of anything than at the
 * begin. {@code ./soak} runs it for as long as one likes.
 */
@Execution(ExecutionMode.CONCURRENT)
class SoakIT {
  private static final String TRACKING = "-XX:NativeMemoryTracking=summary";
  private static final long SECONDS = Long.getLong("soak.seconds", 45);
  private static final int FEWEST_LOOKS = 9;
  private static final long LOOKS = Math.min(90, Math.max(FEWEST_LOOKS, SECONDS / 10));

  /** What costs a process or seconds is done each time after so many looks. */
  private static final int RARE = 3;

  private static final Duration PAUSE = Duration.ofMillis(Long.getLong("soak.pause", 50));

  @RegisterExtension final Scene scene = new Scene();

  private Daemon daemon(String name, String javaOptions) throws Exception {
    UnaryOperator<List<String>> world =
        command -> {
          List<String> all = new ArrayList<>(List.of("env", "SANLOCK_JAVA_OPTS=" + javaOptions));
          all.addAll(command);
          return all;
        };
    if (Peers.isReferenceMode()) {
      Skip.because("what a JVM uses is watched");
    }
    return scene.own(
        Daemon.start(Peers.tested(), scene.directory(), name, world, List.of("-w", "0")));
  }

  @Test
  void nothingGrows() throws Exception {
    boolean leaking = Boolean.getBoolean("soak.leak");
    String agent = leaking ? " -javaagent:" + SoakLeak.jar(scene.directory()) : "";
    Daemon daemon = daemon("soaked", TRACKING + agent);
    Storage storage = scene.storage(Storage.Kind.FILE, SoakChurn.AREAS);
    SoakChurn churn = new SoakChurn(storage, daemon, 1);
    SoakWatch watch = new SoakWatch(daemon.pid());
    long endNanos = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    Duration between = Duration.ofMillis(SECONDS * 1000 / LOOKS);
    for (int i = 0; i < FEWEST_LOOKS || System.nanoTime() - endNanos < 0; i++) {
      if (i % RARE == 0) {
        churn.rareThings();
      }
      churn.play(between, PAUSE);
      churn.rest();
      watch.look();
    }
    System.out.println("soak: " + churn.counts() + "\n" + watch.report());
    assertThat(churn.counts()).containsOnlyKeys(SoakChurn.Deed.values());
    assertThat(watch.leaks()).isEmpty();
  }

  /** The watch can fail: an agent in the daemon's JVM takes of everything without end. */
  @Test
  void aLeakIsNoticed() throws Exception {
    Path agent = SoakLeak.jar(scene.directory());
    Daemon daemon = daemon("leaking", TRACKING + " -javaagent:" + agent);
    SoakWatch watch = new SoakWatch(daemon.pid());
    for (int i = 0; i < 12; i++) {
      Thread.sleep(1500);
      watch.look();
    }
    assertThat(watch.leaks())
        .as(watch.report())
        .anyMatch(leak -> leak.startsWith("descriptors"))
        .anyMatch(leak -> leak.startsWith("threads"))
        .anyMatch(leak -> leak.startsWith("heap"))
        .anyMatch(leak -> leak.startsWith("native"));
  }
}
