package io.sanlockd.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Threads that do the same thing again and again, all at once, until the time is over. */
public final class Crowd {
  /** How long each test plays; the long run sets more. */
  private static final long SECONDS = Long.getLong("concurrency.seconds", 2);

  /** A round that takes longer than this hangs. */
  private static final int PLENTY_SECONDS = 90;

  private Crowd() {}

  /** What each thread does in one round. */
  @FunctionalInterface
  public interface Member {
    /**
     * One round; what it throws fails the test.
     *
     * @param number of the thread, from 0
     * @param random its own
     */
    void play(int number, SplittableRandom random) throws Exception;
  }

  /**
   * Plays rounds until the time is over; every thread plays at least one. Tells on standard output
   * who plays and, in the end, how much.
   *
   * @return rounds played
   */
  public static long play(int threads, Member member) throws Exception {
    String game = StackWalker.getInstance().walk(Crowd::caller);
    System.out.printf("%s: %d threads for %d s%n", game, threads, SECONDS);
    CyclicBarrier start = new CyclicBarrier(threads);
    List<FutureTask<Long>> crowd = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      FutureTask<Long> task = new FutureTask<>(() -> rounds(number, start, member));
      crowd.add(task);
      Thread thread = new Thread(task, "crowd" + number);
      thread.setDaemon(true);
      thread.start();
    }
    long limitNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS + PLENTY_SECONDS);
    long rounds = 0;
    Exception failure = null;
    for (FutureTask<Long> task : crowd) {
      try {
        rounds += task.get(limitNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    System.out.printf("%s: %d rounds%n", game, rounds);
    return rounds;
  }

  /** The test, as {@code Class.method}. */
  private static String caller(Stream<StackWalker.StackFrame> stack) {
    StackWalker.StackFrame test = stack.skip(1).findFirst().orElseThrow();
    String className = test.getClassName();
    return className.substring(className.lastIndexOf('.') + 1) + "." + test.getMethodName();
  }

  private static long rounds(int number, CyclicBarrier start, Member member) throws Exception {
    SplittableRandom random = new SplittableRandom(number);
    await(start);
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    long rounds = 0;
    do {
      member.play(number, random);
      rounds++;
    } while (System.nanoTime() - endNanos < 0);
    return rounds;
  }

  private static void await(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await();
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
