package io.sanlockd.bench;

import java.time.Duration;
import java.util.List;

/** One thing that is measured against a daemon with leases. */
interface Row {
  /** Short name by which it is chosen. */
  String name();

  /**
   * Measures once.
   *
   * @param time about how long to measure
   * @return the same metrics every time
   */
  List<Figure> measure(Stand stand, Duration time) throws Exception;
}
