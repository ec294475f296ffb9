package io.sanlockd.model.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for conditions of other processes. */
public final class Until {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int PAUSE_MILLIS = 10;

  private Until() {}

  /**
   * Waits until the condition holds.
   *
   * @param what completes the sentence "waiting until ..."
   * @throws AssertionError after a minute
   */
  public static void holds(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - start > LIMIT_NANOS) {
        throw new AssertionError("waited a minute until " + what);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }
}
