package io.sanlockd.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Numbers of several rounds.
 *
 * @param median of all; the mean of the middle two when they are even in number
 * @param lowest of all
 * @param highest of all
 */
record Spread(double median, double lowest, double highest) {
  /** Of at least one number. */
  static Spread of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], Arrays.stream(sorted).max().orElseThrow());
  }
}
