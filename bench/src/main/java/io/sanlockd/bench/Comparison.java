package io.sanlockd.bench;

import java.util.Optional;

/**
 * One line of the result.
 *
 * @param place which storage, or empty
 * @param c absent when the C program was not measured
 */
record Comparison(String place, Metric metric, Optional<Spread> c, Spread ours) {
  /** Ours relative to C. */
  Optional<Double> ratio() {
    return c.map(spread -> ours.median() / spread.median());
  }

  /** Whether our median reaches the goal; absent when that can not be told. */
  Optional<Boolean> reached() {
    if (metric.goal() instanceof Goal.None) {
      return Optional.empty();
    }
    if (metric.goal() instanceof Goal.AtMost absolute) {
      return Optional.of(absolute.reached(ours.median(), 0));
    }
    return c.map(spread -> metric.goal().reached(ours.median(), spread.median()));
  }
}
