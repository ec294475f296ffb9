package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.sanlockd.cli.golden.Comparison;
import io.sanlockd.cli.golden.GoldenCase;
import io.sanlockd.cli.golden.GoldenCases;
import io.sanlockd.cli.golden.GoldenCases.Difference;
import io.sanlockd.cli.golden.Outcome;
import io.sanlockd.cli.golden.ScenarioRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recorded invocations of the C program, given to ours, with the C daemon behind it. Where we
 * differ on purpose, {@code golden/differences.json} says so; a difference that is listed must
 * exist, and one that exists must be listed.
 */
class GoldenCasesTest {
  /** Scenarios that need no daemon. */
  private static final Set<String> WITHOUT_DAEMON =
      Set.of("usage", "nodaemon-enoent", "nodaemon-econnrefused");

  /** Scenarios with a daemon. The others are about other programs and run with these. */
  private static final Set<String> WITH_DAEMON =
      Set.of(
          "basic",
          "strings",
          "owners",
          "twohosts",
          "rindex-client",
          "shutdown",
          "transitions",
          "rindex-more",
          "rindex-direct",
          "direct",
          "cmdname",
          "renewal-H0");

  /** Undefined or fatal for the C program: only required to end properly. */
  private static final Set<String> UNDEFINED = Set.of("crash", "unreliable");

  private static final Map<String, Difference> DIFFERENCES = GoldenCases.differences();

  @TempDir Path scratch;

  @Test
  void everyListedDifferenceNamesACase() {
    Set<String> names = new HashSet<>();
    GoldenCases.byScenario()
        .values()
        .forEach(cases -> cases.forEach(golden -> names.add(golden.name())));
    assertThat(names).hasSize(671).containsAll(DIFFERENCES.keySet());
  }

  @TestFactory
  Stream<DynamicContainer> withoutDaemon() {
    return containers(WITHOUT_DAEMON);
  }

  @TestFactory
  Stream<DynamicContainer> withTheCDaemon() {
    String reason =
        "the Debian package 'sanlock' is not installed: no " + CommandLinePrograms.DAEMON_PROGRAM;
    boolean isInstalled = Files.isExecutable(Path.of(CommandLinePrograms.DAEMON_PROGRAM));
    if (!isInstalled && "1".equals(System.getenv("SANLOCKD_REQUIRE_C"))) {
      fail(reason);
    }
    assumeTrue(isInstalled, reason);
    return containers(WITH_DAEMON);
  }

  /** All scenarios run side by side, because most of their time is waiting. */
  private Stream<DynamicContainer> containers(Set<String> scenarios) {
    List<DynamicContainer> containers = new ArrayList<>();
    GoldenCases.byScenario()
        .forEach(
            (scenario, cases) -> {
              if (scenarios.contains(scenario)) {
                containers.add(dynamicContainer(scenario, start(scenario, cases)));
              }
            });
    return containers.stream();
  }

  private Stream<DynamicTest> start(String scenario, List<GoldenCase> cases) {
    Map<GoldenCase, CompletableFuture<Void>> outcomes = new LinkedHashMap<>();
    cases.forEach(golden -> outcomes.put(golden, new CompletableFuture<>()));
    Thread thread = new Thread(() -> replay(scenario, outcomes), "golden-" + scenario);
    thread.setDaemon(true);
    thread.start();
    return outcomes.entrySet().stream()
        .filter(entry -> isOurs(entry.getKey()))
        .map(entry -> dynamicTest(entry.getKey().name(), () -> await(entry.getValue())));
  }

  private void replay(String scenario, Map<GoldenCase, CompletableFuture<Void>> outcomes) {
    Path directory = scratch.resolve(scenario);
    try (ScenarioRunner runner = runner(directory)) {
      outcomes.forEach(
          (golden, outcome) -> {
            try {
              Outcome actual = runner.run(golden);
              if (isOurs(golden)) {
                check(runner, golden, actual);
              }
              outcome.complete(null);
            } catch (Throwable e) {
              outcome.completeExceptionally(e);
            }
          });
    } catch (IOException e) {
      outcomes.values().forEach(outcome -> outcome.completeExceptionally(e));
    }
  }

  private static ScenarioRunner runner(Path directory) throws IOException {
    return new ScenarioRunner(new CommandLinePrograms(Files.createDirectory(directory)), directory);
  }

  private static void await(CompletableFuture<Void> outcome) throws Throwable {
    try {
      outcome.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private static void check(ScenarioRunner runner, GoldenCase golden, Outcome actual) {
    if (UNDEFINED.contains(golden.quirk())) {
      assertThat(actual.exit()).as(golden.name()).isBetween(0, 1);
      return;
    }
    Comparison comparison = new Comparison(golden.volatilePatterns());
    String expected = comparison.stable(runner.resolve(golden.stdout()));
    String found = comparison.stable(actual.stdout());
    Difference difference = DIFFERENCES.get(golden.name());
    if (difference != null) {
      assertThat(new Outcome(found, "", actual.exit()))
          .as("listed as a difference: %s", difference.reason())
          .isNotEqualTo(new Outcome(expected, "", golden.exit()));
      assertThat(found).matches(runner.resolve(difference.stdoutPattern()));
      assertThat(actual.exit()).isEqualTo(difference.exit());
      return;
    }
    if (golden.isTruncated()) {
      assertThat(found).as(golden.name()).contains(expected);
    } else {
      assertThat(slotsAside(golden, found))
          .as(golden.name())
          .isEqualTo(slotsAside(golden, expected));
    }
    assertThat(actual.exit()).as(golden.name()).isEqualTo(golden.exit());
    assertThat(comparison.stable(Comparison.withoutExplanations(actual.stderr())))
        .isEqualTo(comparison.stable(runner.resolve(golden.stderr())));
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

  /** Other programs' cases are run for their effects only. */
  private static boolean isOurs(GoldenCase golden) {
    List<String> argv = golden.argv();
    boolean isForeign =
        CommandLinePrograms.isForeignDirect(argv) && !golden.scenario().equals("usage");
    return argv.get(0).equals("sanlock") && !isForeign;
  }
}
