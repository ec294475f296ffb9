package io.sanlockd.client.lease;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Calls listeners on threads of its own, so that none of them can hold up the watcher. What can be
 * told again waits in a bounded queue; a loss is told once and never waits.
 */
final class Notifier implements AutoCloseable {
  static final System.Logger LOG = System.getLogger("io.sanlockd.client.lease");
  private static final int MAX_WAITING = 256;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor executor;

  Notifier() {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> daemonThread("sanlock-lease-events", task),
            new ThreadPoolExecutor.DiscardOldestPolicy());
    executor.allowCoreThreadTimeOut(true);
  }

  /** Tells something that may be dropped when too much waits. */
  void tell(Runnable call) {
    executor.execute(() -> guarded(call));
  }

  /** Tells something that must not wait for anybody. */
  void tellAtOnce(Runnable call) {
    daemonThread("sanlock-lease-lost", () -> guarded(call)).start();
  }

  private static void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a listener of a lease failed", e);
    }
  }

  static Thread daemonThread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
