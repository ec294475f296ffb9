package io.sanlockd.daemon.world;

import io.sanlockd.daemon.work.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Work on threads of virtual time, each piece on its own. */
public final class VirtualWorkers implements Workers {
  private final VirtualTime time;
  private int unfinished;
  private boolean full;
  private Optional<List<Runnable>> waiting = Optional.empty();

  /** Idle. */
  public VirtualWorkers(VirtualTime time) {
    this.time = time;
  }

  /** Whether new requests are refused. */
  public void full(boolean nowFull) {
    full = nowFull;
  }

  /** From now on work waits for a worker until {@link #resume}. */
  public void stall() {
    waiting = Optional.of(new ArrayList<>());
  }

  /** What waits is done now. */
  public void resume() {
    List<Runnable> due = waiting.orElseThrow();
    waiting = Optional.empty();
    due.forEach(Runnable::run);
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
    Runnable start = () -> start(work, then);
    waiting.ifPresentOrElse(queue -> queue.add(start), start);
  }

  private <T> void start(Supplier<T> work, Consumer<T> then) {
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
