package io.sanlockd.bench;

import io.sanlockd.client.SanlockException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what a daemon shall show. */
final class Await {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private Await() {}

  /** Something that can be asked. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws SanlockException;
  }

  /**
   * Returns once the condition holds.
   *
   * @param failure what is wrong when it does not within two minutes
   */
  static void until(String failure, Condition condition) throws IOException, SanlockException {
    long startNanos = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - startNanos > LIMIT_NANOS) {
        throw new IOException(failure);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
