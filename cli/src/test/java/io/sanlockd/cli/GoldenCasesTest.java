package io.sanlockd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.cli.golden.GoldenCase;
import io.sanlockd.cli.golden.GoldenCases;
import io.sanlockd.cli.golden.GoldenCases.Difference;
import io.sanlockd.cli.golden.GoldenReplay;
import io.sanlockd.model.testing.Skip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
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
    String program = CommandLinePrograms.C_PROGRAM;
    Skip.unlessInstalled(Files.isExecutable(Path.of(program)), program + " of the C sanlock");
    return containers(WITH_DAEMON);
  }

  private Stream<DynamicContainer> containers(Set<String> scenarios) {
    return new GoldenReplay(
            CommandLinePrograms::new, GoldenCasesTest::isOurs, DIFFERENCES, Map.of(), scratch)
        .tests(scenarios::contains);
  }

  /** Other programs' cases are run for their effects only. */
  private static boolean isOurs(GoldenCase golden) {
    return golden.argv().get(0).equals("sanlock");
  }
}
