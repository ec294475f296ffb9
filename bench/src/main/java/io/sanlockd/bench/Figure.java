package io.sanlockd.bench;

/** One number of one measurement. */
record Figure(Metric metric, double value) {
  /**
   * A quantile in milliseconds.
   *
   * @param part 0..1
   */
  static Figure millis(String name, Goal goal, Durations durations, double part) {
    return new Figure(new Metric(name, "ms", goal), durations.millis(part));
  }
}
