package io.sanlockd.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The simulator finds what it is there to find: hosts that follow the reference grant twice. */
class CLikeHostsTest {
  private static final long STEPS = 3000;

  private final Simulation simulation = new Simulation();

  private long doubleGrants(int hosts, int cHosts, String faults, int worlds) {
    long found = 0;
    for (long seed = 1; seed <= worlds; seed++) {
      World.Plan plan =
          new World.Plan(seed, hosts, cHosts, Profile.named(faults).orElseThrow(), STEPS);
      found += simulation.run(plan, new Trace(0)).violation().map(v -> 1).orElse(0);
    }
    return found;
  }

  @Test
  void cLikeHostsGrantTwiceWhenIoIsSlow() {
    assertThat(doubleGrants(4, 4, "delays", 60)).isGreaterThan(5);
  }

  @Test
  void ourHostsAloneDoNotInTheSameWorlds() {
    assertThat(doubleGrants(4, 0, "delays", 60)).isZero();
  }
}
