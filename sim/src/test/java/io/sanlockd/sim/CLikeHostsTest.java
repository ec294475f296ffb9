package io.sanlockd.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The simulator finds what it is there to find: hosts that follow the reference grant twice. */
class CLikeHostsTest {
  private static final long STEPS = 3000;

  private final Simulation simulation = new Simulation();

  @Test
  void cLikeHostsGrantALeaseTwice() {
    Profile slow = Profile.named("delays").orElseThrow();
    for (long seed = 800; seed <= 900; seed++) {
      Optional<Violation> violation =
          simulation.run(new World.Plan(seed, 4, 4, slow, STEPS), new Trace(0)).violation();
      if (violation.isPresent()) {
        assertThat(violation.get().kind()).isEqualTo("EXCLUSION C beside C");
        return;
      }
    }
    fail("no double grant was found");
  }
}
