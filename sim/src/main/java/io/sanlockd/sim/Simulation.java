package io.sanlockd.sim;

import io.sanlockd.lease.disk.LeaseBufferPool;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plays worlds one after the other. */
final class Simulation {
  private final Scheduler.Runners runners = new Scheduler.Runners();

  /**
   * What became of a world.
   *
   * @param violation the rule that was broken, if one was
   * @param struck the misfortunes that there were
   */
  record Result(
      long steps,
      Map<World.Counter, Long> counters,
      Optional<Violation> violation,
      List<Long> struck) {}

  Result run(World.Plan plan, Trace trace) {
    World world = new World(plan, runners, new LeaseBufferPool(), trace);
    Optional<Violation> violation = Optional.empty();
    try {
      world.run();
    } catch (Violation e) {
      violation = Optional.of(e);
    } finally {
      world.close();
    }
    return new Result(
        world.scheduler().steps(), world.counters(), violation, world.chance().struck());
  }
}
