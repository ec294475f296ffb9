package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Pause;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells a renewal thread to end, and wakes it from its sleep. Thread-safe. */
final class StopSignal implements Cancellation, Pause {
  private final CountDownLatch stopped = new CountDownLatch(1);

  void stop() {
    stopped.countDown();
  }

  @Override
  public boolean cancelled() {
    return stopped.getCount() == 0;
  }

  @Override
  public void sleep(long nanos) {
    try {
      boolean woken = stopped.await(nanos, TimeUnit.NANOSECONDS);
      if (woken) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
