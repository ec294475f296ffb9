package io.sanlockd.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;

/** Waits for conditions of other processes, which can only be asked for, again and again. */
final class Await {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Await() {}

  /**
   * Waits until the condition is true.
   *
   * @param what completes the sentence "waiting until ..."
   * @throws AssertionError when the time is up
   */
  static void until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
    value(what, limit, condition, Boolean::booleanValue, () -> "");
  }

  /** Waits until the value fits, and returns it; {@code details} explains a failure. */
  static <T> T value(
      String what, Duration limit, Callable<T> source, Predicate<T> fits, Supplier<String> details)
      throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    T value = source.call();
    while (!fits.test(value)) {
      if (System.nanoTime() - deadline >= 0) {
        Assertions.fail(
            "waiting until %s: not within %s; last seen: %s %s", what, limit, value, details.get());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      value = source.call();
    }
    return value;
  }
}
