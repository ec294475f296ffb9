package io.sanlockd.reset;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Work that other threads have for the main thread. They wait while there is too much of it. */
final class MainQueue implements Executor {
  private static final int LIMIT = 256;

  private final BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(LIMIT);

  @Override
  public void execute(Runnable task) {
    try {
      tasks.put(task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for something to do; main thread.
   *
   * @param millis longest wait
   * @return what is to be done next, nothing when the time is over
   */
  Runnable await(long millis) {
    try {
      Runnable task = tasks.poll(millis, TimeUnit.MILLISECONDS);
      return task == null ? () -> {} : task;
    } catch (InterruptedException e) {
      throw new IllegalStateException("the main thread was interrupted", e);
    }
  }
}
