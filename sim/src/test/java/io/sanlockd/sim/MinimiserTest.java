package io.sanlockd.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a reader is shown breaks the same rule as what was found, with no misfortune more. */
class MinimiserTest {
  private final Simulation simulation = new Simulation();

  @Test
  void theSmallestWorldBreaksTheSameRule() {
    World.Plan plan = CLikeHostsTest.doubleGrant("everything", 1050, 1060);
    Simulation.Result found = simulation.run(plan, new Trace(0));
    Violation.Rule rule = found.violation().map(Violation::rule).orElseThrow();
    Minimiser minimiser = new Minimiser(simulation, plan, found);
    Simulation.Result smallest = simulation.run(minimiser.minimise(), new Trace(0));
    assertThat(smallest.violation().map(Violation::rule)).isEqualTo(Optional.of(rule));
    assertThat(smallest.struck()).hasSize(minimiser.needed());
    assertThat(minimiser.needed()).isLessThanOrEqualTo(found.struck().size());
  }

  @Test
  void whatIsSparedDoesNotHappen() {
    Profile all = Profile.named("everything").orElseThrow();
    World.Plan plan = new World.Plan(7, 4, 0, all, 3000);
    Simulation.Result result = simulation.run(plan, new Trace(0));
    assertThat(result.struck()).isNotEmpty();
    Simulation.Result spared =
        simulation.run(plan.sparing(Set.copyOf(result.struck())), new Trace(0));
    assertThat(spared.struck()).doesNotContainAnyElementsOf(result.struck());
  }
}
