package io.sanlockd.cli.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.sanlockd.cli.golden.GoldenCases.Difference;
import io.sanlockd.cli.golden.GoldenCases.Rewrite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/**
 * Replays scenarios and compares each case with its recording. Where we differ on purpose, a
 * difference says so; one that is listed must exist, and one that exists must be listed.
 */
public final class GoldenReplay {
  /** Undefined or fatal for the C program: only required to end properly. */
  private static final Set<String> UNDEFINED = Set.of("crash", "unreliable");

  /** Not more: with an io_timeout of one second a machine that is too busy loses lockspaces. */
  private static final int PARALLEL = 4;

  /** These begin first. */
  private static final List<String> LONGEST = List.of("reset-flow", "twohosts", "daemon-start");

  private final ProgramsFactory programs;
  private final Predicate<GoldenCase> isCompared;
  private final Map<String, Difference> differences;
  private final Map<String, List<Rewrite>> rewrites;
  private final Path scratch;

  /**
   * A replay.
   *
   * @param programs run in place of the recorded ones
   * @param isCompared the other cases are run for their effects only
   * @param differences by case name
   * @param rewrites by case name
   * @param scratch existing directory with a short path
   */
  public GoldenReplay(
      ProgramsFactory programs,
      Predicate<GoldenCase> isCompared,
      Map<String, Difference> differences,
      Map<String, List<Rewrite>> rewrites,
      Path scratch) {
    this.programs = programs;
    this.isCompared = isCompared;
    this.differences = differences;
    this.rewrites = rewrites;
    this.scratch = scratch;
  }

  /** Makes the programs of one scenario. */
  @FunctionalInterface
  public interface ProgramsFactory {
    /**
     * The programs of a scenario.
     *
     * @param directory existing directory of the scenario
     */
    Programs in(Path directory) throws IOException;
  }

  /** The tests of some scenarios, which run side by side: most of their time is waiting. */
  public Stream<DynamicContainer> tests(Predicate<String> scenarios) {
    ExecutorService executor = Executors.newFixedThreadPool(PARALLEL, GoldenReplay::thread);
    List<DynamicContainer> containers = new ArrayList<>();
    Map<String, List<GoldenCase>> all = GoldenCases.byScenario();
    Stream.concat(LONGEST.stream(), all.keySet().stream())
        .distinct()
        .filter(scenarios)
        .forEach(
            scenario ->
                containers.add(
                    dynamicContainer(scenario, start(executor, scenario, all.get(scenario)))));
    executor.shutdown();
    return containers.stream();
  }

  private static Thread thread(Runnable replay) {
    Thread thread = new Thread(replay, "golden-replay");
    thread.setDaemon(true);
    return thread;
  }

  private Stream<DynamicTest> start(Executor executor, String scenario, List<GoldenCase> cases) {
    Map<GoldenCase, CompletableFuture<Void>> outcomes = new LinkedHashMap<>();
    cases.forEach(golden -> outcomes.put(golden, new CompletableFuture<>()));
    executor.execute(() -> replay(scenario, outcomes));
    return outcomes.entrySet().stream()
        .filter(entry -> isCompared.test(entry.getKey()))
        .map(entry -> dynamicTest(entry.getKey().name(), () -> await(entry.getValue())));
  }

  private void replay(String scenario, Map<GoldenCase, CompletableFuture<Void>> outcomes) {
    try {
      Path directory = Files.createDirectory(scratch.resolve(scenario));
      try (ScenarioRunner runner = new ScenarioRunner(programs.in(directory), directory)) {
        outcomes.forEach((golden, outcome) -> replay(runner, golden, outcome));
      }
    } catch (IOException e) {
      outcomes.values().forEach(outcome -> outcome.completeExceptionally(e));
    }
  }

  private void replay(ScenarioRunner runner, GoldenCase golden, CompletableFuture<Void> outcome) {
    try {
      Outcome actual = runner.run(golden);
      if (isCompared.test(golden)) {
        check(runner, golden, actual);
      }
      outcome.complete(null);
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    }
  }

  private static void await(CompletableFuture<Void> outcome) throws Throwable {
    try {
      outcome.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private void check(ScenarioRunner runner, GoldenCase golden, Outcome actual) {
    if (UNDEFINED.contains(golden.quirk())) {
      assertThat(actual.exit()).as(golden.name()).isBetween(0, 1);
      return;
    }
    Comparison comparison = new Comparison(golden.volatilePatterns());
    Outcome expected =
        new Outcome(
            comparison.stable(runner.resolve(golden.stdout())),
            comparison.stable(runner.resolve(golden.stderr())),
            golden.exit());
    Outcome found =
        rewritten(
            golden,
            new Outcome(
                comparison.stable(actual.stdout()),
                comparison.stable(Comparison.withoutExplanations(actual.stderr())),
                actual.exit()));
    Difference difference = differences.get(golden.name());
    if (difference != null) {
      assertThat(found)
          .as("listed as a difference: %s", difference.reason())
          .isNotEqualTo(expected);
      assertThat(found.stdout()).matches(runner.resolve(difference.stdoutPattern()));
      difference
          .stderrPattern()
          .ifPresent(pattern -> assertThat(found.stderr()).matches(runner.resolve(pattern)));
      assertThat(found.exit()).isEqualTo(difference.exit());
      return;
    }
    if (golden.isTruncated()) {
      assertThat(found.stdout()).as(golden.name()).contains(expected.stdout());
    } else {
      assertThat(slotsAside(golden, found.stdout()))
          .as("%s, standard error: %s", golden.name(), actual.stderr())
          .isEqualTo(slotsAside(golden, expected.stdout()));
    }
    assertThat(found.exit()).as(golden.name()).isEqualTo(expected.exit());
    assertThat(found.stderr()).as(golden.name()).isEqualTo(expected.stderr());
  }

  private Outcome rewritten(GoldenCase golden, Outcome found) {
    Outcome outcome = found;
    for (Rewrite rewrite : rewrites.getOrDefault(golden.name(), List.of())) {
      Outcome before = outcome;
      outcome = rewrite.apply(before);
      assertThat(outcome).as("listed as a difference: %s", rewrite.reason()).isNotEqualTo(before);
    }
    return outcome;
  }

  /**
   * Connections in an order of their own: which slot one gets depends on whether the runner,
   * waiting for a process to register, is connected at the same moment.
   */
  private static String slotsAside(GoldenCase golden, String text) {
    if (!golden.argv().contains("status") || golden.argv().contains("-D")) {
      return text;
    }
    List<String> lines = new ArrayList<>(text.lines().toList());
    lines.sort((a, b) -> a.startsWith("p ") && b.startsWith("p ") ? a.compareTo(b) : 0);
    return String.join("\n", lines);
  }
}
