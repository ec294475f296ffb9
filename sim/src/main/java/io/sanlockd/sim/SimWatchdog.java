package io.sanlockd.sim;

import io.sanlockd.daemon.watchdog.Watchdog;
import io.sanlockd.daemon.watchdog.WatchdogSession;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.LeaseName;

/**
 * A watchdog that fires as late as a real one may: dead time after the last renewal it heard of.
 */
record SimWatchdog(Machine machine, World world) implements Watchdog {
  @Override
  public WatchdogSession connect(LeaseName space, long hostId, LeaseTimes times, LeaseLog log) {
    return new Session(times);
  }

  private final class Session implements WatchdogSession {
    private final LeaseTimes times;
    private boolean armed;
    private boolean over;

    Session(LeaseTimes times) {
      this.times = times;
    }

    @Override
    public void activate(long renewalSeconds) {
      armed = true;
      renewed(renewalSeconds);
    }

    @Override
    public void renewed(long renewalSeconds) {
      if (armed && !over) {
        machine.armUntil(renewalSeconds + times.deadSeconds());
      }
    }

    @Override
    public boolean deactivate() {
      if (armed && !over) {
        machine.disarm();
      }
      over = true;
      return !world.chance().of(0.05);
    }

    @Override
    public boolean armed() {
      return armed && !over;
    }

    @Override
    public boolean lost() {
      return false;
    }

    @Override
    public void close() {}
  }
}
