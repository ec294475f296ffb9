package io.sanlockd.daemon.watchdog;

import io.sanlockd.daemon.event.DaemonEvents;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.FireTimeout;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.wdmd.client.WdmdStatus;

/** The watchdog device behind wdmd, of either generation (wdmd.md 9, 11; timeouts.md 7). */
public final class WdmdWatchdog implements Watchdog {
  private static final int LONGEST_NAME = 127;

  private final WatchdogConnection.Connector connector;
  private final Clock clock;
  private final int graceSeconds;
  private final DaemonEvents events;

  /**
   * A watchdog.
   *
   * @param graceSeconds time between a lost lease and SIGKILL
   * @param events hears of every promise
   */
  public WdmdWatchdog(
      WatchdogConnection.Connector connector, Clock clock, int graceSeconds, DaemonEvents events) {
    this.events = events;
    this.connector = connector;
    this.clock = clock;
    this.graceSeconds = graceSeconds;
  }

  @Override
  public WatchdogSession connect(LeaseName space, long hostId, LeaseTimes times, LeaseLog log)
      throws LeaseException {
    WatchdogConnection connection = connector.connect();
    try {
      WdmdStatus status = connection.open(times.fireTimeout());
      checkFireTimeout(status, times);
      checkMargins(status, times, log);
    } catch (LeaseException | RuntimeException e) {
      connection.close();
      throw e;
    }
    String name = "sanlock_" + space + ":" + hostId;
    return new WdmdSession(
        connection,
        name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name,
        space,
        times,
        clock,
        log,
        events);
  }

  static void checkFireTimeout(WdmdStatus status, LeaseTimes times) throws LeaseException {
    int found = status.fireTimeoutSeconds();
    if (found == 0) {
      throw new LeaseException(ResultCode.WD_ERROR, "wdmd can not open its watchdog device");
    }
    if (found != times.fireTimeout()) {
      throw new LeaseException(
          ResultCode.WD_ERROR,
          "wdmd uses fire timeout " + found + ", all hosts must use " + times.fireTimeout());
    }
  }

  private void checkMargins(WdmdStatus status, LeaseTimes times, LeaseLog log)
      throws LeaseException {
    int interval = status.testIntervalSeconds();
    int least = FireTimeout.leastIoTimeoutSeconds(interval);
    if (times.ioTimeout() < least) {
      throw new LeaseException(
          ResultCode.EINVAL,
          "io_timeout "
              + times.ioTimeout()
              + " is too small for the watchdog, which would reset a healthy host: wdmd stops"
              + " petting it "
              + interval
              + " s (its test interval) before a lease of "
              + times.failSeconds()
              + " s expires, but renewals come up to "
              + FireTimeout.renewalIntervalMillis(times.ioTimeout()) / 1000.0
              + " s apart; use io_timeout "
              + least
              + " or more");
    }
    int latest = FireTimeout.longestGraceSeconds(times.fireTimeout(), interval);
    if (graceSeconds > latest) {
      log.warning(
          "kill_grace_seconds "
              + graceSeconds
              + " leaves no time for SIGKILL before the watchdog fires; with fire timeout "
              + times.fireTimeout()
              + " and test interval "
              + interval
              + " use "
              + Math.max(0, latest)
              + " or less");
    }
  }
}
