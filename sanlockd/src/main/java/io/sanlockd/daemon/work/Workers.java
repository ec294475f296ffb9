package io.sanlockd.daemon.work;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The worker threads that do disk I/O for requests, and a timer. A request that has to wait for
 * something other than a disk holds no worker: it is parked with {@link #later}. Thread-safe.
 */
public final class Workers {
  private static final long IDLE_SECONDS = 10;

  private final MainLoop mainLoop;
  private final Consumer<Throwable> onFatal;
  private final ThreadPoolExecutor pool;
  private final ScheduledThreadPoolExecutor timer;

  /**
   * Starts with no threads.
   *
   * @param maxThreads upper limit of worker threads, at least 2
   * @param onFatal told about a throwable that escaped from work: a bug, after which the daemon
   *     must not go on
   */
  public Workers(int maxThreads, MainLoop mainLoop, Consumer<Throwable> onFatal) {
    this.mainLoop = mainLoop;
    this.onFatal = onFatal;
    this.pool =
        new ThreadPoolExecutor(
            maxThreads,
            maxThreads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named("worker"));
    pool.allowCoreThreadTimeOut(true);
    this.timer = new ScheduledThreadPoolExecutor(1, named("timer"));
    timer.setRemoveOnCancelPolicy(true);
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Runs {@code work} on a worker and {@code then} with its result on the main loop. */
  public <T> void run(Supplier<T> work, Consumer<T> then) {
    pool.execute(
        () -> {
          try {
            T result = work.get();
            mainLoop.execute(() -> then.accept(result));
          } catch (Throwable e) {
            onFatal.accept(e);
          }
        });
  }

  /** Runs {@code action} on the main loop after a delay. */
  public void later(long delayNanos, Runnable action) {
    ScheduledFuture<?> unused =
        timer.schedule(() -> mainLoop.execute(action), delayNanos, TimeUnit.NANOSECONDS);
  }
}
