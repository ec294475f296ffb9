package io.sanlockd.sim;

import io.sanlockd.daemon.work.Workers;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Disk work of requests, each piece in a task of its own. */
final class SimWorkers implements Workers {
  private final World world;
  private final Machine machine;
  private final Daemon daemon;
  private int unfinished;

  SimWorkers(World world, Machine machine, Daemon daemon) {
    this.world = world;
    this.machine = machine;
    this.daemon = daemon;
  }

  @Override
  public <T> boolean offer(Supplier<T> work, Consumer<T> then) {
    run(work, then);
    return true;
  }

  @Override
  public <T> void run(Supplier<T> work, Consumer<T> then) {
    unfinished++;
    world
        .scheduler()
        .start(
            machine.running(),
            () -> {
              machine.mayStall();
              T result = work.get();
              daemon.loopSoon(
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
    daemon.loopAfter(delayNanos, action);
  }

  @Override
  public boolean idle() {
    return unfinished == 0;
  }
}
