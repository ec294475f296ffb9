package io.sanlockd.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.fixture.CLikeLease.UnsafeStep;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulator finds what it is there to find: hosts that follow the reference grant twice. */
class CLikeHostsTest {
  private static final long STEPS = 3000;

  private static final Simulation SIMULATION = new Simulation();

  @ParameterizedTest
  @CsvSource({"everything, 1050, 1060", "storage, 1350, 1360", "duels, 1, 500"})
  void cLikeHostsGrantALeaseTwice(String faults, long first, long last) {
    Violation violation = violation(doubleGrant(faults, first, last)).orElseThrow();
    assertThat(violation.kind()).isEqualTo("EXCLUSION C beside C");
    assertThat(violation).hasMessageContaining("ERASES");
  }

  /** Without the one unsafe step that led there nothing happens in the same world. */
  @Test
  void theStepToBlameIsFound() {
    World.Plan plan = doubleGrant("everything", 1050, 1060);
    assertThat(violation(plan.avoiding(EnumSet.of(UnsafeStep.CLEARS_RELEASED)))).isPresent();
    assertThat(violation(plan.avoiding(EnumSet.of(UnsafeStep.BELIEVES_COMMIT)))).isEmpty();
  }

  /** The first of some worlds of C-like hosts in which a lease is granted twice. */
  static World.Plan doubleGrant(String faults, long first, long last) {
    Profile profile = Profile.named(faults).orElseThrow();
    return LongStream.rangeClosed(first, last)
        .mapToObj(seed -> new World.Plan(seed, 4, 4, profile, STEPS))
        .filter(plan -> violation(plan).isPresent())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no double grant was found"));
  }

  private static Optional<Violation> violation(World.Plan plan) {
    return SIMULATION.run(plan, new Trace(0)).violation();
  }
}
