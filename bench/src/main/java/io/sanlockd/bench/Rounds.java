package io.sanlockd.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Measures the programs in turn, several times, so that what else the machine does meets all of
 * them. A first round may be thrown away: it warms caches and compilers.
 */
final class Rounds {
  private final int first;
  private final int last;

  /**
   * Rounds.
   *
   * @param warmUp whether there is a round that is thrown away
   * @param count 1 or more, that one not counted
   */
  Rounds(boolean warmUp, int count) {
    this.first = warmUp ? 0 : 1;
    this.last = count;
  }

  /**
   * Measures one row.
   *
   * @param place which storage, or empty
   * @param measurements of each program, giving the same metrics each time
   */
  List<Comparison> measure(String place, Map<Program, Callable<List<Figure>>> measurements)
      throws Exception {
    Map<Metric, Map<Program, List<Double>>> values = new LinkedHashMap<>();
    for (int round = first; round <= last; round++) {
      for (Map.Entry<Program, Callable<List<Figure>>> one : measurements.entrySet()) {
        List<Figure> figures = one.getValue().call();
        if (round > 0) {
          collect(values, one.getKey(), figures);
        }
      }
    }
    List<Comparison> comparisons = new ArrayList<>();
    values.forEach(
        (metric, found) ->
            comparisons.add(
                new Comparison(
                    place,
                    metric,
                    Optional.ofNullable(found.get(Program.C)).map(Spread::of),
                    Spread.of(found.get(Program.OURS)))));
    return comparisons;
  }

  private static void collect(
      Map<Metric, Map<Program, List<Double>>> values, Program program, List<Figure> figures) {
    for (Figure figure : figures) {
      values
          .computeIfAbsent(figure.metric(), metric -> new EnumMap<>(Program.class))
          .computeIfAbsent(program, key -> new ArrayList<>())
          .add(figure.value());
    }
  }
}
