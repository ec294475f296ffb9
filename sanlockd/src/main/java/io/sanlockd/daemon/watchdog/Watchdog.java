package io.sanlockd.daemon.watchdog;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.LeaseName;

/** The watchdog of this host. Thread-safe. */
@FunctionalInterface
public interface Watchdog {
  /** No watchdog: nothing resets this host, and its fencing is the administrator's business. */
  Watchdog NONE = (space, hostId, times, log) -> WatchdogSession.NONE;

  /**
   * Connects for one lockspace, before its delta lease is taken, and checks that the watchdog could
   * protect it. May wait some seconds for the watchdog daemon.
   *
   * @throws LeaseException -203 when there is no watchdog that works, -22 when a healthy host with
   *     this io_timeout would be reset
   */
  WatchdogSession connect(LeaseName space, long hostId, LeaseTimes times, LeaseLog log)
      throws LeaseException;
}
