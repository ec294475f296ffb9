package io.sanlockd.daemon.world;

import io.sanlockd.daemon.work.Workers;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Work on threads of virtual time, each piece on its own. */
public final class VirtualWorkers implements Workers {
  private final VirtualTime time;
  private int unfinished;
  private boolean full;

  /** Idle. */
  public VirtualWorkers(VirtualTime time) {
    this.time = time;
  }

  /** Whether new requests are refused. */
  public void full(boolean nowFull) {
    full = nowFull;
  }

  @Override
  public <T> boolean offer(Supplier<T> work, Consumer<T> then) {
    if (full) {
      return false;
    }
    run(work, then);
    return true;
  }

  @Override
  public <T> void run(Supplier<T> work, Consumer<T> then) {
    unfinished++;
    time.start(
        "worker",
        () -> {
          T result = work.get();
          time.execute(
              () -> {
                unfinished--;
                then.accept(result);
              });
        });
  }

  @Override
  public <T> void runInBackground(Supplier<T> work, Consumer<T> then) {
    run(work, then);
  }

  @Override
  public void later(long delayNanos, Runnable action) {
    time.later(delayNanos, action);
  }

  @Override
  public boolean idle() {
    return unfinished == 0;
  }
}
