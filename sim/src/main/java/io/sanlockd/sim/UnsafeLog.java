package io.sanlockd.sim;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.fixture.CLikeLease.UnsafeStep;
import io.sanlockd.lease.fixture.CLikeLease.UnsafeSteps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which unsafe steps C-like hosts have taken, so that a double grant can be put down to them. */
final class UnsafeLog {
  /** What was done longer ago has been decided over by now. */
  private static final long REMEMBERED_NANOS = 60 * Clock.SECOND_NANOS;

  private record Taken(long atNanos, Machine machine, int resource, UnsafeStep step) {}

  private final World world;
  private final Set<UnsafeStep> avoided;
  private final List<Taken> taken = new ArrayList<>();

  UnsafeLog(World world, Set<UnsafeStep> avoided) {
    this.world = world;
    this.avoided = avoided;
  }

  /** For one lease of one host. */
  UnsafeSteps of(Machine machine, int resource) {
    return step -> {
      if (avoided.contains(step)) {
        return false;
      }
      taken.add(new Taken(world.nowNanos(), machine, resource, step));
      world.trace(machine, () -> "    unsafe step " + step + " for r" + resource);
      return true;
    };
  }

  /** What was last done for a resource within the last minute: who, what, when. */
  String told(int resource) {
    long since = world.nowNanos() - REMEMBERED_NANOS;
    Map<String, Taken> last = new LinkedHashMap<>();
    for (Taken one : taken) {
      if (one.resource == resource && one.atNanos >= since) {
        String who = one.machine + " " + one.step;
        last.remove(who);
        last.put(who, one);
      }
    }
    return last.entrySet().stream()
        .map(
            entry ->
                String.format(
                    Locale.ROOT,
                    "%s %.1f s before",
                    entry.getKey(),
                    (world.nowNanos() - entry.getValue().atNanos) / 1e9))
        .collect(Collectors.joining(", "));
  }
}
