package io.sanlockd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.cli.golden.GoldenCases;
import io.sanlockd.cli.golden.GoldenCases.Difference;
import io.sanlockd.cli.golden.GoldenCases.Rewrite;
import io.sanlockd.cli.golden.GoldenReplay;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * All recorded invocations of the C programs, given to ours, with our daemons behind them. What the
 * command line does differently on purpose is listed beside its own tests; what daemons do
 * differently in {@code daemon-differences.json}.
 */
@Execution(ExecutionMode.CONCURRENT)
class GoldenReplayIT {
  /** Scenarios that need a world of their own. */
  private static final Set<String> NEED_ROOT =
      Set.of("daemon-start", "wdmd", "sanlk-reset", "reset-flow", "cmdname");

  private static final String LIST = "/io/sanlockd/it/daemon-differences.json";

  private static final Map<String, List<Rewrite>> REWRITES = GoldenCases.rewrites(LIST);

  @TempDir Path scratch;

  private static Map<String, Difference> differences() {
    Map<String, Difference> all = new LinkedHashMap<>(GoldenCases.differences());
    all.putAll(GoldenCases.differences(LIST));
    return all;
  }

  @Test
  void everyListedDifferenceNamesACase() {
    List<String> names =
        GoldenCases.byScenario().values().stream()
            .flatMap(List::stream)
            .map(golden -> golden.name())
            .toList();
    assertThat(names)
        .hasSize(671)
        .containsAll(differences().keySet())
        .containsAll(REWRITES.keySet());
  }

  @TestFactory
  Stream<DynamicContainer> ourProgramsAndDaemons() {
    if (!Ids.isRoot()) {
      System.out.println("SKIPPED: scenarios with fixed paths need root: " + NEED_ROOT);
    }
    return new GoldenReplay(OwnPrograms::new, golden -> true, differences(), REWRITES, scratch)
        .tests(GoldenReplayIT::isPossible);
  }

  private static boolean isPossible(String scenario) {
    return Ids.isRoot() || !NEED_ROOT.contains(scenario);
  }
}
