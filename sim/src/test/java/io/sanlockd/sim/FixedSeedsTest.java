package io.sanlockd.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A fixed set of worlds; {@code ./simulate} plays as many as one likes. */
class FixedSeedsTest {
  private static final int WORLDS_PER_PROFILE = 60;
  private static final long STEPS = 3000;

  private final Simulation simulation = new Simulation();

  @ParameterizedTest
  @CsvSource({
    "calm, 20",
    "delays, 20",
    "storage, 20",
    "pauses, 20",
    "crashes, 20",
    "everything, 20",
    "deaths, 20",
    "resizes, 20",
    "duels, 10",
    "stale-reads, 20",
    "stragglers, 10",
    "orphans, 3",
    "relapses, 2"
  })
  void ourHostsKeepEveryRule(String faults, long leastGrantsPerWorld) {
    Profile profile = Profile.named(faults).orElseThrow();
    long grants = 0;
    for (long seed = 1; seed <= WORLDS_PER_PROFILE; seed++) {
      int hosts = 2 + (int) (seed % 4);
      Simulation.Result result =
          simulation.run(new World.Plan(seed, hosts, 0, profile, STEPS), new Trace(0));
      assertThat(result.violation())
          .as("./simulate --seed " + seed + " --hosts " + hosts + " --faults " + faults)
          .isEmpty();
      grants += result.counters().getOrDefault(World.Counter.GRANTS, 0L);
    }
    assertThat(grants).isGreaterThan(leastGrantsPerWorld * WORLDS_PER_PROFILE);
  }

  /** An acquire then reads less at first, see FirstRead. */
  @Test
  void leasesWithAllHostBlocksHaveOneOwner() {
    Profile profile = Profile.named("everything").orElseThrow();
    for (long seed = 1; seed <= WORLDS_PER_PROFILE; seed++) {
      World.Plan plan = new World.Plan(seed, 2 + (int) (seed % 4), 0, profile, STEPS);
      assertThat(simulation.run(plan.withFullAreas(), new Trace(0)).violation())
          .as("./simulate --full --seed " + seed + " --faults everything")
          .isEmpty();
    }
  }

  /** What the simulator found before, with the worlds in which it did. */
  @ParameterizedTest
  @CsvSource({
    "6, 4, storage, a late commit puts the leader back and versions are decided twice",
    "3247, 5, delays, phase 1 forgets a value that was decided",
    "1206, 4, delays, three disks with three leaders"
  })
  void whatWasFoundStaysFound(long seed, int hosts, String faults, String what) {
    Profile profile = Profile.named(faults).orElseThrow();
    assertThat(
            simulation
                .run(new World.Plan(seed, hosts, 0, profile, STEPS), new Trace(0))
                .violation())
        .as(what)
        .isEmpty();
  }

  @Test
  void theSameSeedIsTheSameRun() {
    World.Plan plan = new World.Plan(7, 4, 0, Profile.named("everything").orElseThrow(), STEPS);
    Trace first = new Trace(100_000);
    Trace second = new Trace(100_000);
    simulation.run(plan, first);
    simulation.run(plan, second);
    assertThat(first.lines()).isNotEmpty().isEqualTo(second.lines());
  }
}
