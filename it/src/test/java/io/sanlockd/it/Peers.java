package io.sanlockd.it;

import java.util.stream.Stream;

/**
 * Two players of a test: two hosts, or a daemon and its client.
 *
 * @param a the first
 * @param b the second
 */
record Peers(Implementation a, Implementation b) {
  /** All pairs of which at least one is ours; in reference mode the C pair only. */
  static Stream<Peers> all() {
    if (isReferenceMode()) {
      return Stream.of(new Peers(Implementation.C, Implementation.C));
    }
    return Stream.of(
        new Peers(Implementation.JAVA, Implementation.C),
        new Peers(Implementation.C, Implementation.JAVA),
        new Peers(Implementation.JAVA, Implementation.JAVA));
  }

  /** The implementation that is tested; in reference mode the C one. */
  static Implementation tested() {
    return isReferenceMode() ? Implementation.C : Implementation.JAVA;
  }

  static boolean isReferenceMode() {
    return "reference".equals(System.getProperty("it.mode"));
  }

  @Override
  public String toString() {
    return a + "-" + b;
  }
}
