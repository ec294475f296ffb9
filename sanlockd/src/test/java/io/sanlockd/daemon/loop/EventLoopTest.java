package io.sanlockd.daemon.loop;

import static io.sanlockd.daemon.loop.LoopFixture.PLENTY_SECONDS;
import static io.sanlockd.daemon.loop.LoopFixture.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sanlockd.posix.Fd;
import io.sanlockd.posix.Pipe;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLoopTest {
  @TempDir Path directory;

  @Test
  void tasksOfEveryThreadRunOnceAndInTheOrderOfTheirThread() throws Exception {
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(10))) {
      List<List<Integer>> seen = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        List<Integer> mine = new ArrayList<>();
        seen.add(mine);
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 5000; i++) {
                    int number = i;
                    fixture.loop.execute(() -> mine.add(number));
                  }
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      fixture.onLoop(() -> null);
      for (List<Integer> mine : seen) {
        assertThat(mine).hasSize(5000).isSorted();
      }
    }
  }

  @Test
  void aTaskThatTakesLongShowsAsALongTurn() throws Exception {
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(10))) {
      fixture.loop.execute(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30)));
      fixture.onLoop(() -> null);
      // Tasks may share a turn; the duty comes once in each, before them.
      fixture.awaitRounds(2);
      assertThat(fixture.loop.turnTimes().longestNanos())
          .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(29));
      assertThat(fixture.loop.turnTimes().count()).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void aFailingTaskIsLoggedAndTheNextOneRuns() throws Exception {
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(10))) {
      fixture.loop.execute(
          () -> {
            throw new IllegalArgumentException("task");
          });
      assertThat(fixture.onLoop(() -> 5)).isEqualTo(5);
      assertThat(fixture.errors).singleElement().asString().contains("task");
    }
  }

  @Test
  void anExceptionOfTheDutyEndsTheLoop() throws Exception {
    try (EventLoop loop = new EventLoop(LoopFixture.quick(10), new NoLog())) {
      AtomicInteger rounds = new AtomicInteger();
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  loop.run(
                      () -> {
                        if (rounds.incrementAndGet() == 3) {
                          throw new IllegalStateException("duty");
                        }
                        return 1;
                      }))
          .withMessage("duty");
      assertThat(rounds.get()).isEqualTo(3);
    }
  }

  @Test
  void theDutyKeepsItsRhythmHoweverBusyTheLoopIs() throws Exception {
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(50))) {
      AtomicBoolean stop = new AtomicBoolean();
      List<FutureTask<Integer>> talkers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        talkers.add(talk(fixture, stop));
      }
      Runnable endless =
          new Runnable() {
            @Override
            public void run() {
              if (!stop.get()) {
                fixture.loop.execute(this);
              }
            }
          };
      fixture.loop.execute(endless);
      fixture.awaitRounds(100);
      stop.set(true);
      for (FutureTask<Integer> talker : talkers) {
        assertThat(talker.get(PLENTY_SECONDS, TimeUnit.SECONDS)).isPositive();
      }
    }
  }

  @Test
  void theDutyComesBetweenTheEventsOfOneWakeUp() throws Exception {
    // Every task takes as long as the duty's interval: it must be called between them.
    try (EventLoop loop = new EventLoop(LoopFixture.quick(10), new NoLog())) {
      List<String> order = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        loop.execute(
            () -> {
              order.add("task");
              long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3);
              while (System.nanoTime() < until) {
                Thread.onSpinWait();
              }
            });
      }
      loop.execute(loop::stop);
      loop.run(
          () -> {
            order.add("duty");
            return 1;
          });
      assertThat(String.join(" ", order)).contains("task duty task duty task duty task duty task");
    }
  }

  @Test
  void aWatchedDescriptorIsServedUntilUnwatched() throws Exception {
    try (LoopFixture fixture = new LoopFixture(directory, LoopFixture.quick(10))) {
      Pipe pipe = Pipe.create(true);
      BlockingQueue<Integer> lengths = new LinkedBlockingQueue<>();
      fixture.onLoop(
          () -> {
            fixture.loop.watch(
                pipe.readFd(),
                events -> {
                  int length = Fd.read(pipe.readFd(), ByteBuffer.allocateDirect(100));
                  if (length == 0) {
                    fixture.loop.unwatch(pipe.readFd());
                  }
                  lengths.add(length);
                });
            return null;
          });
      Fd.write(pipe.writeFd(), ByteBuffer.allocateDirect(7));
      assertThat(next(lengths)).isEqualTo(7);
      Fd.close(pipe.writeFd());
      assertThat(next(lengths)).isZero();
      long turns = fixture.loop.turns();
      fixture.awaitRounds(20);
      assertThat(fixture.loop.turns() - turns).isLessThan(60);
      assertThat(lengths).isEmpty();
      Fd.close(pipe.readFd());
    }
  }

  @Test
  void aFailingHandlerOfAWatchedDescriptorEndsTheLoop() throws Exception {
    Pipe pipe = Pipe.create(true);
    Fd.write(pipe.writeFd(), ByteBuffer.allocateDirect(1));
    try (EventLoop loop = new EventLoop(LoopFixture.quick(10), new NoLog())) {
      loop.watch(
          pipe.readFd(),
          events -> {
            throw new IllegalStateException("helper");
          });
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> loop.run(() -> 10))
          .withMessage("helper");
    }
    Fd.close(pipe.readFd());
    Fd.close(pipe.writeFd());
  }

  @Test
  void stoppingBeforeRunningIsStoppingAtOnce() throws Exception {
    try (EventLoop loop = new EventLoop(Limits.standard(), new NoLog())) {
      loop.stop();
      loop.run(() -> 1000);
      assertThat(loop.turns()).isZero();
      assertThat(loop.connection(2) == null).isTrue();
    }
  }

  private static FutureTask<Integer> talk(LoopFixture fixture, AtomicBoolean stop) {
    FutureTask<Integer> task =
        new FutureTask<>(
            () -> {
              int count = 0;
              try (Client client = fixture.connect()) {
                while (!stop.get()) {
                  client.roundTrip(count++);
                }
              }
              return count;
            });
    new Thread(task).start();
    return task;
  }
}
