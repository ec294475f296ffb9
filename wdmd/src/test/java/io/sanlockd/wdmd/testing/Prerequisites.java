package io.sanlockd.wdmd.testing;

import java.util.Optional;

/** What a test with real processes needs. */
public final class Prerequisites {
  private Prerequisites() {}

  /**
   * Why a test can not run here; empty if it can.
   *
   * @throws AssertionError if SANLOCKD_REQUIRE_C=1 says that everything is installed
   */
  @SafeVarargs
  public static Optional<String> missing(Optional<String>... needs) {
    for (Optional<String> need : needs) {
      if (need.isPresent()) {
        if ("1".equals(System.getenv("SANLOCKD_REQUIRE_C")) && need.get().contains("installed")) {
          throw new AssertionError(need.get() + " although SANLOCKD_REQUIRE_C=1");
        }
        System.out.println("SKIPPED: " + need.get());
        return need;
      }
    }
    return Optional.empty();
  }
}
