package io.sanlockd.helper;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Sends the status messages: one at once, then one when 30 s passed since the last that got through
 * and 2 s since the last attempt (recovery.md 8.2). Used by one thread, which may block in the
 * write; it is not the thread that kills.
 */
final class Heartbeat {
  private static final long INTERVAL_NANOS =
      TimeUnit.SECONDS.toNanos(HelperStatus.INTERVAL_SECONDS);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(HelperStatus.RETRY_SECONDS);

  private final OutputStream out;
  private final LongSupplier nanoTime;
  private final byte[] message = HelperStatus.message();
  private boolean attempted;
  private boolean succeeded;
  private long lastAttemptNanos;
  private long lastSuccessNanos;

  Heartbeat(OutputStream out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
  }

  /**
   * Sends a status if one is due.
   *
   * @return nanoseconds until the next one can be due, above 0
   */
  long doWork() {
    long now = nanoTime.getAsLong();
    long waitNanos = waitNanos(now);
    if (waitNanos > 0) {
      return waitNanos;
    }
    attempted = true;
    lastAttemptNanos = now;
    try {
      out.write(message);
      out.flush();
      succeeded = true;
      lastSuccessNanos = nanoTime.getAsLong();
      return INTERVAL_NANOS;
    } catch (IOException e) {
      // The daemon may still send messages although it reads no status; only the end of its
      // message pipe ends the helper.
      return RETRY_NANOS;
    }
  }

  private long waitNanos(long now) {
    long untilRetry = attempted ? lastAttemptNanos + RETRY_NANOS - now : 0;
    long untilDue = succeeded ? lastSuccessNanos + INTERVAL_NANOS - now : 0;
    return Math.max(untilRetry, untilDue);
  }
}
