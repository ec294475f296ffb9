package io.sanlockd.model.testing;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The only way a test may be skipped: with the reason in the output. */
public final class Skip {
  /** Set to 1 where everything that {@code ./test} installs is known to be there. */
  private static final String REQUIRE_VARIABLE = "SANLOCKD_REQUIRE_C";

  private Skip() {}

  /** Ends the running test as skipped. */
  public static void because(String reason) {
    System.out.println("SKIPPED: " + reason);
    Assumptions.abort(reason);
  }

  /** Ends the running test as skipped unless it can run here. */
  public static void unless(boolean possible, String reason) {
    if (!possible) {
      because(reason);
    }
  }

  /**
   * Ends the running test as skipped unless something that {@code ./test} installs is there; as
   * failed where it is known to be installed.
   */
  public static void unlessInstalled(boolean installed, String what) {
    if (!installed && "1".equals(System.getenv(REQUIRE_VARIABLE))) {
      Assertions.fail(what + " is missing although " + REQUIRE_VARIABLE + "=1");
    }
    unless(installed, what + " is not installed");
  }
}
