package io.sanlockd.it;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Who runs the tests. */
final class Ids {
  /** Name of the user. */
  static final String USER = id("-un");

  /** Name of the user's group. */
  static final String GROUP = id("-gn");

  private Ids() {}

  static boolean isRoot() {
    return id("-u").equals("0");
  }

  private static String id(String option) {
    try {
      return Command.run(List.of("id", option), Map.of(), Duration.ofSeconds(10))
          .succeeded()
          .out()
          .strip();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
