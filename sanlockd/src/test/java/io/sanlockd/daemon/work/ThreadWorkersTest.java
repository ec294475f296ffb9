package io.sanlockd.daemon.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadWorkersTest {
  private static final int THREADS = 2;

  private final BlockingQueue<Runnable> mainLoop = new LinkedBlockingQueue<>();
  private final ThreadWorkers workers =
      new ThreadWorkers(
          THREADS,
          100,
          mainLoop::add,
          e -> {
            throw new AssertionError(e);
          });

  private static String waitFor(CountDownLatch begun, CountDownLatch end) {
    begun.countDown();
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return "";
  }

  @Test
  void busyThreadsAndWaitingWorkAreCounted() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(THREADS);
    CountDownLatch end = new CountDownLatch(1);
    assertThat(workers.requestWorkers()).isEqualTo(new WorkerFacts(THREADS, 0, 0));
    for (int i = 0; i < THREADS + 3; i++) {
      workers.run(() -> waitFor(begun, end), result -> {});
    }
    begun.await();
    assertThat(workers.requestWorkers()).isEqualTo(new WorkerFacts(THREADS, THREADS, 3));
    assertThat(workers.backgroundWorkers().busy()).isZero();

    end.countDown();
    for (int i = 0; i < THREADS + 3; i++) {
      mainLoop.take().run();
    }
    // Its result is handed over after the work has ended.
    assertThat(workers.requestWorkers()).isEqualTo(new WorkerFacts(THREADS, 0, 0));
    assertThat(workers.idle()).isTrue();
  }

  @Test
  void workInTheBackgroundIsCountedApart() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    workers.runInBackground(() -> waitFor(begun, end), result -> {});
    begun.await();
    assertThat(workers.backgroundWorkers().busy()).isEqualTo(1);
    assertThat(workers.requestWorkers().busy()).isZero();
    end.countDown();
    mainLoop.take().run();
    assertThat(workers.backgroundWorkers().busy()).isZero();
  }
}
