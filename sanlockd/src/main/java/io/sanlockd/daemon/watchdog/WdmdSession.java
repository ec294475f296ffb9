package io.sanlockd.daemon.watchdog;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.Errno;
import io.sanlockd.wdmd.client.WdmdStatus;

/**
 * One lockspace's protection by wdmd. That a renewal which ends while the main loop deactivates can
 * not arm it again is the connection's promise.
 */
final class WdmdSession implements WatchdogSession {
  private final WatchdogConnection connection;
  private final String name;
  private final LeaseTimes times;
  private final Clock clock;
  private final LeaseLog log;

  /** A promise was sent, or may have been. */
  private volatile boolean armed;

  /** The promise is to be taken back. */
  private volatile boolean disarming;

  /** Nothing of it is left in wdmd, or nothing can be done about it. */
  private volatile boolean detached;

  private volatile boolean lost;

  WdmdSession(
      WatchdogConnection connection, String name, LeaseTimes times, Clock clock, LeaseLog log) {
    this.connection = connection;
    this.name = name;
    this.times = times;
    this.clock = clock;
    this.log = log;
  }

  @Override
  public void activate(long renewalSeconds) throws LeaseException {
    connection.register(name);
    connection.setRefcount();
    WdmdStatus before = connection.status();
    WdmdWatchdog.checkFireTimeout(before, times);
    checkAge(renewalSeconds, before.testIntervalSeconds());
    arm(renewalSeconds);
    checkPetted(connection.status());
  }

  /** An expiry too near would end the petting of a healthy host at once. */
  private void checkAge(long renewalSeconds, int testIntervalSeconds) throws LeaseException {
    long left = renewalSeconds + times.failSeconds() - clock.seconds();
    if (left <= testIntervalSeconds) {
      throw new LeaseException(
          ResultCode.WD_ERROR,
          "the delta lease was last renewed at "
              + renewalSeconds
              + " and expires in "
              + left
              + " s, too late for the watchdog's test interval of "
              + testIntervalSeconds
              + " s");
    }
  }

  private void arm(long renewalSeconds) throws LeaseException {
    armed = true;
    int result = connection.testLive(renewalSeconds, renewalSeconds + times.failSeconds());
    if (result < 0) {
      throw new LeaseException(
          ResultCode.WD_ERROR, "wdmd does not take messages: " + Errno.name(-result));
    }
  }

  /**
   * A wdmd that answers but never opened its device, or has stopped petting it, protects nobody.
   */
  private void checkPetted(WdmdStatus status) throws LeaseException {
    long now = clock.seconds();
    if (!status.isPinging(now)) {
      long last = status.lastKeepalive();
      throw new LeaseException(
          ResultCode.WD_ERROR,
          last == 0
              ? "wdmd has never petted its watchdog device"
              : "wdmd has not petted its watchdog device for " + (now - last) + " s");
    }
  }

  @Override
  public void renewed(long renewalSeconds) {
    if (!armed()) {
      return;
    }
    int result = connection.testLive(renewalSeconds, renewalSeconds + times.failSeconds());
    if (result < 0 && !disarming) {
      // The expiry stays where it is; if this goes on the host is reset, as it must be.
      log.error("wdmd_test_live " + renewalSeconds + " failed " + result);
      if (result != -Errno.EAGAIN) {
        lost = true;
      }
    }
  }

  @Override
  public boolean deactivate() {
    if (!armed || detached) {
      return true;
    }
    boolean first = !disarming;
    disarming = true;
    if (first) {
      log.debug("wdmd_test_live 0 0 to disable");
    }
    int result = connection.deactivate();
    if (result < 0 && (first || result != -Errno.EAGAIN)) {
      log.error("wdmd_test_live 0 0 failed " + result);
    }
    detached = result != -Errno.EAGAIN;
    return detached;
  }

  @Override
  public boolean armed() {
    return armed && !disarming;
  }

  @Override
  public boolean lost() {
    if (!armed()) {
      return false;
    }
    if (!lost) {
      lost = connection.peerGone();
    }
    return lost;
  }

  @Override
  public void close() {
    connection.close();
  }
}
