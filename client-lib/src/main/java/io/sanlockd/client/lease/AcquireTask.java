package io.sanlockd.client.lease;

import io.sanlockd.client.SanlockException;
import java.util.concurrent.CompletableFuture;

/** An acquire on a thread of its own that can be cancelled. */
final class AcquireTask extends CompletableFuture<Lease> {
  private final Thread thread;

  private AcquireTask(LeaseRequest request) {
    this.thread = Notifier.daemonThread("sanlock-lease-acquire", () -> run(request));
  }

  static AcquireTask start(LeaseRequest request) {
    AcquireTask task = new AcquireTask(request);
    task.thread.start();
    return task;
  }

  private void run(LeaseRequest request) {
    try {
      Lease lease = request.acquire();
      if (!complete(lease)) {
        lease.close();
      }
    } catch (SanlockException | InterruptedException | RuntimeException e) {
      completeExceptionally(e);
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean isCancelled = super.cancel(mayInterruptIfRunning);
    if (isCancelled) {
      thread.interrupt();
    }
    return isCancelled;
  }
}
