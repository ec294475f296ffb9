package io.sanlockd.daemon.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.concurrency.Crowd;
import io.sanlockd.daemon.work.ThreadWorkers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work goes from the main loop to workers and back: nothing is lost, doubled or overtaken. */
class HandOffTest {
  private static final int THREADS = 6;
  private static final int TASKS = 5;
  private static final long PLENTY_SECONDS = 60;

  private static final int HOUR_MILLIS = 3_600_000;

  @TempDir private Path directory;

  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  /** The next number each thread's task must have; main loop only. */
  private final long[] expected = new long[THREADS];

  /** Pieces of work begun whose result has not come back; main loop only. */
  private int outstanding;

  /** The loop's own timer does not come before an hour: only the task itself can wake it. */
  @Test
  void aTaskWakesTheLoopAndTasksOfOneThreadKeepTheirOrder() throws Exception {
    long[] sent = new long[THREADS];
    try (RunningLoop running = running()) {
      EventLoop loop = running.loop();
      Crowd.play(
          THREADS,
          (number, random) -> {
            CountDownLatch run = new CountDownLatch(TASKS);
            for (int i = 0; i < TASKS; i++) {
              long mine = sent[number]++;
              loop.execute(
                  () -> {
                    if (expected[number]++ != mine) {
                      faults.add("task " + mine + " of thread " + number + " out of order");
                    }
                    run.countDown();
                  });
            }
            assertThat(run.await(PLENTY_SECONDS, TimeUnit.SECONDS)).as("tasks run").isTrue();
          });
    }
    assertThat(faults).isEmpty();
    assertThat(expected).isEqualTo(sent);
  }

  @Test
  void eachResultComesBackOnceAndUntilThenTheWorkersAreNotIdle() throws Exception {
    AtomicLong results = new AtomicLong();
    long rounds;
    try (RunningLoop running = running()) {
      EventLoop loop = running.loop();
      ThreadWorkers workers =
          new ThreadWorkers(
              4, 4096, loop::execute, failure -> faults.add("a worker failed: " + failure));
      rounds =
          Crowd.play(
              THREADS,
              (number, random) -> {
                CountDownLatch back = new CountDownLatch(1);
                loop.execute(() -> begin(workers, random.nextInt(3) == 0, results, back));
                for (long i = 0; i < PLENTY_SECONDS * 1000; i++) {
                  if (back.await(1, TimeUnit.MILLISECONDS)) {
                    return;
                  }
                  loop.execute(() -> compare(workers));
                }
                faults.add("a result did not come back");
              });
    }
    assertThat(faults).isEmpty();
    assertThat(results.get()).isEqualTo(rounds);
  }

  private RunningLoop running() throws IOException {
    RunningLoop running = new RunningLoop(directory, Limits.standard());
    running.start((loop, listenerFd) -> loop.run(() -> HOUR_MILLIS));
    return running;
  }

  private void begin(
      ThreadWorkers workers, boolean background, AtomicLong results, CountDownLatch back) {
    outstanding++;
    Runnable ended =
        () -> {
          outstanding--;
          results.incrementAndGet();
          compare(workers);
          back.countDown();
        };
    if (background) {
      workers.runInBackground(() -> true, done -> ended.run());
    } else {
      workers.run(() -> true, done -> ended.run());
    }
    compare(workers);
  }

  private void compare(ThreadWorkers workers) {
    if (workers.idle() != (outstanding == 0)) {
      faults.add("idle is " + workers.idle() + " with " + outstanding + " pieces of work");
    }
  }
}
