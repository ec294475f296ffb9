package io.sanlockd.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Takes one safety rule after the other out of a copy of the production code, and expects the
 * simulator to notice within the seeds given. The code itself has no switches.
 */
class MutantsTest {
  @TempDir private Path work;

  static Stream<Mutant> mutants() throws IOException {
    return Mutant.all(Files.readAllLines(Path.of("src/test/resources/mutants.txt"))).stream();
  }

  static Stream<Mutant> mutantsBesideCLikeHosts() throws IOException {
    return mutants().filter(mutant -> mutant.cHosts() > 0);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void theSimulatorNotices(Mutant mutant) throws Exception {
    List<Path> sources = mutant.apply(Path.of(".."), work);
    try (MutantLoader loader = MutantLoader.compile(sources, work)) {
      assertThat(loader.search(mutant)).as(mutant.toString()).isPresent();
    }
  }

  /** Beside C-like hosts not everything is forbidden by our rules: in these worlds it is. */
  @ParameterizedTest
  @MethodSource("mutantsBesideCLikeHosts")
  void withAllRulesNothingIsNoticed(Mutant mutant) {
    assertThat(
            Simulate.firstViolation(
                mutant.faults(),
                mutant.hosts(),
                mutant.cHosts(),
                mutant.firstSeed(),
                mutant.lastSeed()))
        .isEmpty();
  }
}
