package io.sanlockd.it;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The only way a test here may be skipped: with the reason in the output. */
final class Skip {
  private Skip() {}

  /** Ends the running test as skipped. */
  static void because(String reason) {
    System.out.println("SKIPPED: " + reason);
    Assumptions.abort(reason);
  }

  /**
   * Ends the running test, as failed when SANLOCKD_REQUIRE_C=1 says that the C program is there.
   */
  static void becauseOfMissingC(String what) {
    if ("1".equals(System.getenv("SANLOCKD_REQUIRE_C"))) {
      Assertions.fail(what + " is missing although SANLOCKD_REQUIRE_C=1");
    }
    because(what + " of the C sanlock is not installed");
  }
}
