package io.sanlockd.daemon.lockspace;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A stop signal in real time. */
final class LatchStopSignal implements StopSignal {
  private final CountDownLatch stopped = new CountDownLatch(1);

  @Override
  public void stop() {
    stopped.countDown();
  }

  @Override
  public boolean cancelled() {
    return stopped.getCount() == 0;
  }

  @Override
  public void sleep(long nanos) {
    long deadline = System.nanoTime() + nanos;
    boolean interrupted = false;
    long left = nanos;
    while (left > 0 && !cancelled()) {
      try {
        if (stopped.await(left, TimeUnit.NANOSECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        // Nobody has a reason to interrupt a renewal thread; without this it would never sleep
        // again.
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
