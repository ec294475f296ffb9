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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
          "cmdname",
          "renewal-H0");

  /** Undefined or fatal for the C program: only required to end properly. */
  private static final Set<String> UNDEFINED = Set.of("crash", "unreliable");

  private static final Map<String, Difference> DIFFERENCES = GoldenCases.differences();

  @TempDir Path scratch;

  @Test
  void everyListedDifferenceNamesACase() {
    Set<String> names = new java.util.HashSet<>();
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
    String reason = "the Debian package 'sanlock' is not installed";
    boolean isInstalled = Files.isExecutable(Path.of(CommandLinePrograms.C_PROGRAM));
    if (!isInstalled && "1".equals(System.getenv("SANLOCKD_REQUIRE_C"))) {
      fail(reason);
    }
    assumeTrue(isInstalled, reason);
    return containers(WITH_DAEMON);
  }

  private Stream<DynamicContainer> containers(Set<String> scenarios) {
    return GoldenCases.byScenario().entrySet().stream()
        .filter(entry -> scenarios.contains(entry.getKey()))
        .map(entry -> dynamicContainer(entry.getKey(), tests(entry.getKey(), entry.getValue())));
  }

  private Stream<DynamicTest> tests(String scenario, List<GoldenCase> cases) {
    try {
      Path directory = Files.createDirectory(scratch.resolve(scenario));
      ScenarioRunner runner = new ScenarioRunner(new CommandLinePrograms(directory), directory);
      return cases.stream()
          .map(golden -> dynamicTest(golden.name(), () -> check(runner, golden)))
          .onClose(runner::close);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(ScenarioRunner runner, GoldenCase golden) throws Exception {
    Outcome actual = runner.run(golden);
    assumeTrue(isOurs(golden), "another program's case, only its effects are needed");
    if (UNDEFINED.contains(golden.quirk())) {
      assertThat(actual.exit()).isBetween(0, 1);
      return;
    }
    Comparison comparison = new Comparison(golden.volatilePatterns());
    String expected = comparison.stable(runner.resolve(golden.stdout()));
    String found = comparison.stable(actual.stdout());
    Difference difference = DIFFERENCES.get(golden.name());
    if (difference != null) {
      assertThat(new Outcome(found, "", actual.exit()))
          .as("listed as a difference: %s", difference.reason())
          .isNotEqualTo(new Outcome(expected, "", golden.exit()))
          .isEqualTo(new Outcome(runner.resolve(difference.stdout()), "", difference.exit()));
      return;
    }
    if (golden.isTruncated()) {
      assertThat(found).contains(expected);
    } else {
      assertThat(found).isEqualTo(expected);
    }
    assertThat(actual.exit()).isEqualTo(golden.exit());
    assertThat(comparison.stable(Comparison.withoutExplanations(actual.stderr())))
        .isEqualTo(comparison.stable(runner.resolve(golden.stderr())));
  }

  private static boolean isOurs(GoldenCase golden) {
    List<String> argv = golden.argv();
    boolean isDirect =
        argv.size() > 2 && argv.get(1).equals("direct") && !golden.scenario().equals("usage");
    return argv.get(0).equals("sanlock") && !isDirect;
  }
}
