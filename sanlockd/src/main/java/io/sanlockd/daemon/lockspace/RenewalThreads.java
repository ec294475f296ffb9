package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.Pause;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Real threads in real time. */
public final class RenewalThreads implements RenewalRuntime {
  private final Runnable onStart;
  private final Consumer<Throwable> onFatal;

  /**
   * Threads whose failure is told.
   *
   * @param onStart runs first on each thread
   * @param onFatal told about a throwable that escaped from a thread: a bug, after which the daemon
   *     must not go on
   */
  public RenewalThreads(Runnable onStart, Consumer<Throwable> onFatal) {
    this.onStart = onStart;
    this.onFatal = onFatal;
  }

  @Override
  public boolean start(String name, Runnable body) {
    Thread thread = new Thread(() -> guarded(body), name);
    thread.setDaemon(true);
    try {
      thread.start();
      return true;
    } catch (OutOfMemoryError e) {
      // What Java says when the system has no more threads for us; nothing else has failed.
      return false;
    }
  }

  private void guarded(Runnable body) {
    try {
      onStart.run();
      body.run();
    } catch (Throwable e) {
      onFatal.accept(e);
    }
  }

  @Override
  public StopSignal stopSignal() {
    return new LatchStopSignal();
  }

  @Override
  public Pause pause() {
    return LockSupport::parkNanos;
  }
}
