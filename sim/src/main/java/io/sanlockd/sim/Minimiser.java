package io.sanlockd.sim;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes misfortunes out of a world in which a rule is broken, as long as the same rule is broken
 * without them: first many at once, then fewer, in the end one by one. What happens after one that
 * is spared is different, so each try is a run of its own and proves itself.
 */
final class Minimiser {
  private static final int MOST_RUNS = 500;

  private final Simulation simulation;
  private final Violation.Rule rule;
  private final Set<Long> spared = new HashSet<>();
  private World.Plan plan;
  private List<Long> needed;
  private int runs;

  /**
   * A minimiser for a world that was played.
   *
   * @param plan what was played
   * @param failed what came of it: a violation
   */
  Minimiser(Simulation simulation, World.Plan plan, Simulation.Result failed) {
    this.simulation = simulation;
    this.plan = plan;
    this.rule = failed.violation().orElseThrow().rule();
    this.needed = failed.struck();
  }

  /** The same world with as few misfortunes as could be found. */
  World.Plan minimise() {
    for (int size = Math.max(1, needed.size() / 2); size > 0; size /= 2) {
      takeOut(size);
    }
    return plan;
  }

  /** How many misfortunes are left. */
  int needed() {
    return needed.size();
  }

  private void takeOut(int size) {
    int from = 0;
    while (from < needed.size() && runs < MOST_RUNS) {
      Set<Long> more = new HashSet<>(spared);
      more.addAll(needed.subList(from, Math.min(from + size, needed.size())));
      World.Plan candidate = plan.sparing(more);
      Simulation.Result result = simulation.run(candidate, new Trace(0));
      runs++;
      boolean same = result.violation().filter(v -> v.rule() == rule).isPresent();
      if (same && result.struck().size() < needed.size()) {
        spared.addAll(more);
        plan = candidate;
        needed = result.struck();
      } else {
        from += size;
      }
    }
  }
}
