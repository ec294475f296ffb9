package io.sanlockd.sim;

import io.sanlockd.daemon.lockspace.RenewalRuntime;
import io.sanlockd.daemon.lockspace.StopSignal;
import io.sanlockd.lease.Pause;

/** Renewal threads as tasks. */
record SimRenewals(World world, Machine machine) implements RenewalRuntime {
  @Override
  public boolean start(String name, Runnable body) {
    world.scheduler().start(machine.running(), body);
    return true;
  }

  @Override
  public StopSignal stopSignal() {
    return new Signal(world.scheduler());
  }

  @Override
  public Pause pause() {
    return world::sleep;
  }

  private static final class Signal implements StopSignal {
    private final Scheduler scheduler;
    private boolean stopped;
    private Scheduler.Task sleeper;

    Signal(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    @Override
    public void stop() {
      stopped = true;
      if (sleeper != null) {
        scheduler.wakeNow(sleeper);
      }
    }

    @Override
    public boolean cancelled() {
      return stopped;
    }

    @Override
    public void sleep(long nanos) {
      if (!stopped) {
        sleeper = scheduler.current();
        scheduler.sleepUntil(scheduler.nowNanos() + nanos);
        sleeper = null;
      }
    }
  }
}
