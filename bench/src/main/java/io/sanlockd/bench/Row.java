package io.sanlockd.bench;

import java.time.Duration;
import java.util.List;

/** One thing that is measured against a daemon with leases. */
interface Row {
  /** Short name by which it is chosen. */
  String name();

  /** How often to measure; fewer times than {@code asked} when it takes long. */
  default int rounds(int asked) {
    return asked;
  }

  /** Whether the first round is thrown away. */
  default boolean warmUp() {
    return true;
  }

  /**
   * Measures once.
   *
   * @param time about how long to measure
   * @return the same metrics every time
   */
  List<Figure> measure(Stand stand, Duration time) throws Exception;
}
