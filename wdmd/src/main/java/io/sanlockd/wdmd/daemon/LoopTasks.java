package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.EventFd;
import io.sanlockd.posix.PosixException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** Work that other threads have for the loop's thread: signals and results of scripts. */
final class LoopTasks implements Executor, AutoCloseable {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final EventFd wake;

  private LoopTasks(EventFd wake) {
    this.wake = wake;
  }

  static LoopTasks create() throws PosixException {
    return new LoopTasks(EventFd.create());
  }

  /** Has the loop run a task soon; any thread, never waits. */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    wake.signal();
  }

  /** Readable when there is something to run. */
  int fd() {
    return wake.fd();
  }

  /** Runs everything; loop thread. */
  void runAll() {
    wake.drain();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public void close() {
    wake.close();
  }
}
