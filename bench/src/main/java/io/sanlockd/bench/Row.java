package io.sanlockd.bench;

import java.time.Duration;
import java.util.List;

/** One thing that is measured against a daemon with leases. */
interface Row {
  /** Short name by which it is chosen. */
  String name();

  /** Whether a program can do what is measured; otherwise only the others are. */
  default boolean isPossible(Program program) {
    return true;
  }

  /** Most rounds of a row that takes long. */
  int MOST_LONG_ROUNDS = 3;

  /** Whether one measurement takes much longer than asked for. */
  default boolean takesLong() {
    return false;
  }

  /** How often to measure; fewer times than {@code asked} when it takes long. */
  default int rounds(int asked) {
    return takesLong() ? Math.min(asked, MOST_LONG_ROUNDS) : asked;
  }

  /** Whether the first round is thrown away. */
  default boolean warmUp() {
    return !takesLong();
  }

  /**
   * Measures once.
   *
   * @param time about how long to measure
   * @return the same metrics every time
   */
  List<Figure> measure(Stand stand, Duration time) throws Exception;
}
