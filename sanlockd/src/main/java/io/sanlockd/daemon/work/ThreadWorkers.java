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

/** The daemon's worker threads; they exist only while there is work. */
public final class ThreadWorkers implements Workers {
  private static final long IDLE_SECONDS = 10;
  private static final int BACKGROUND_THREADS = 4;

  private final MainLoop mainLoop;
  private final Consumer<Throwable> onFatal;
  private final int waitingLimit;
  private final ThreadPoolExecutor requests;
  private final ThreadPoolExecutor background;
  private final ScheduledThreadPoolExecutor timer;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicInteger busyWithRequests = new AtomicInteger();
  private final AtomicInteger busyInBackground = new AtomicInteger();

  /**
   * Starts with no threads.
   *
   * @param maxThreads upper limit of worker threads for requests, at least 2
   * @param waitingLimit pieces of work that may wait for a worker before {@link #offer} refuses
   * @param onFatal told about a throwable that escaped from work: a bug, after which the daemon
   *     must not go on
   */
  public ThreadWorkers(
      int maxThreads, int waitingLimit, MainLoop mainLoop, Consumer<Throwable> onFatal) {
    this.mainLoop = mainLoop;
    this.onFatal = onFatal;
    this.waitingLimit = waitingLimit;
    this.requests = pool(maxThreads, "worker");
    this.background = pool(BACKGROUND_THREADS, "releaser");
    this.timer = new ScheduledThreadPoolExecutor(1, named("timer"));
    timer.setRemoveOnCancelPolicy(true);
  }

  private static ThreadPoolExecutor pool(int threads, String name) {
    // The queue needs no limit of its own: offer() refuses new requests, and a request or lease
    // that exists has at most one piece of work waiting.
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public <T> boolean offer(Supplier<T> work, Consumer<T> then) {
    if (requests.getQueue().size() >= waitingLimit) {
      return false;
    }
    run(work, then);
    return true;
  }

  @Override
  public <T> void run(Supplier<T> work, Consumer<T> then) {
    execute(requests, busyWithRequests, work, then);
  }

  @Override
  public <T> void runInBackground(Supplier<T> work, Consumer<T> then) {
    execute(background, busyInBackground, work, then);
  }

  /** What the workers for requests are doing. Any thread; takes no lock. */
  public WorkerFacts requestWorkers() {
    return facts(requests, busyWithRequests);
  }

  /** What those for work that nobody waits for are doing. Any thread; takes no lock. */
  public WorkerFacts backgroundWorkers() {
    return facts(background, busyInBackground);
  }

  private static WorkerFacts facts(ThreadPoolExecutor pool, AtomicInteger busy) {
    return new WorkerFacts(pool.getMaximumPoolSize(), busy.get(), pool.getQueue().size());
  }

  private <T> void execute(
      ThreadPoolExecutor pool, AtomicInteger busy, Supplier<T> work, Consumer<T> then) {
    unfinished.incrementAndGet();
    pool.execute(
        () -> {
          try {
            T result = counted(busy, work);
            mainLoop.execute(
                () -> {
                  unfinished.decrementAndGet();
                  then.accept(result);
                });
          } catch (Throwable e) {
            onFatal.accept(e);
          }
        });
  }

  private static <T> T counted(AtomicInteger busy, Supplier<T> work) {
    busy.incrementAndGet();
    try {
      return work.get();
    } finally {
      busy.decrementAndGet();
    }
  }

  @Override
  public void later(long delayNanos, Runnable action) {
    ScheduledFuture<?> unused =
        timer.schedule(() -> handOver(action), delayNanos, TimeUnit.NANOSECONDS);
  }

  /** A timer keeps what its work throws to itself. */
  private void handOver(Runnable action) {
    try {
      mainLoop.execute(action);
    } catch (Throwable e) {
      onFatal.accept(e);
    }
  }

  @Override
  public boolean idle() {
    return unfinished.get() == 0;
  }
}
