package io.sanlockd.wdmd.daemon;

import io.sanlockd.model.Check;
import io.sanlockd.model.FireTimeout;
import io.sanlockd.posix.Errno;

/**
 * Opens, pings and closes the watchdog device on the Multiplexer's decision (wdmd.md 6), and keeps
 * the one promise that matters: <b>the kernel is not pinged at or after a client's expiry.</b> A
 * decision can get old before it is carried out, by a pause of this JVM or of the machine; so the
 * clock is read once more right before every call that pings (ping, unclean close, reopening, a new
 * timeout), and the call is not made if it would come late. Not calling is always safe: the device
 * counts on.
 */
final class DeviceKeeper {
  /** A decision older than this is not carried out; the tests are made again instead. */
  static final long DECISION_NANOS = MachineClock.SECOND_NANOS / 2;

  /** Fire timeout of generation A, also reported while the device was never opened. */
  static final int DEFAULT_FIRE_TIMEOUT = FireTimeout.DEFAULT_SECONDS;

  private enum State {
    /** Closed and disarmed: nobody is protected. */
    OFF,

    /** Open and armed. */
    OPEN,

    /** Closed without disarming: it counts. */
    COUNTING
  }

  private final WatchdogDevice device;
  private final MachineClock clock;
  private final WdmdLog log;
  private State state = State.OFF;
  private int fireTimeout = DEFAULT_FIRE_TIMEOUT;
  private long lastKeepalive;
  private long lastCloseUnclean;
  private boolean pingFails;
  private boolean held;
  private boolean saidNoWayOut;

  DeviceKeeper(WatchdogDevice device, MachineClock clock, WdmdLog log) {
    this.device = device;
    this.clock = clock;
    this.log = log;
  }

  /**
   * A decision of the tests.
   *
   * @param nanos time at which they began
   * @param earliestExpiry least expiry in seconds of all clients, {@link Long#MAX_VALUE} for none
   */
  record Decision(long nanos, long earliestExpiry) {
    boolean isOld(long now) {
      return now - nanos > DECISION_NANOS;
    }

    boolean expiresBy(long time) {
      return time / MachineClock.SECOND_NANOS >= earliestExpiry;
    }

    boolean isTooLate(long now) {
      return isOld(now) || expiresBy(now);
    }
  }

  /** Whether the device is armed, so that tests are needed. */
  boolean testing() {
    return state != State.OFF;
  }

  /** Whether the device is armed and, as far as we know, works with this fire timeout. */
  boolean worksWith(int seconds) {
    return testing() && fireTimeout == seconds && !pingFails;
  }

  /** Fire timeout in seconds, in use or used last. */
  int fireTimeout() {
    return fireTimeout;
  }

  /** Second of the last ping that succeeded, 0 for none. */
  long lastKeepalive() {
    return lastKeepalive;
  }

  /** Second of the last unclean close, 0 for none. */
  long lastCloseUnclean() {
    return lastCloseUnclean;
  }

  /** Seconds between tests while all is well (wdmd.md 5). */
  int testInterval() {
    return FireTimeout.testIntervalSeconds(fireTimeout);
  }

  /** Seconds until the reset at second {@code now} if nothing more happens. */
  long remaining(long now) {
    return fireTimeout - (now - Math.max(lastKeepalive, lastCloseUnclean));
  }

  /**
   * Opens and arms the device unless it is armed.
   *
   * @param wanted fire timeout in seconds, at least 1
   * @return the fire timeout in use, which need not be the wanted one; 0 when there is none
   */
  int start(int wanted) {
    if (testing()) {
      return pingFails ? 0 : fireTimeout;
    }
    int opened = device.open();
    if (opened < 0) {
      log.log(device.path() + " open error " + -opened);
      return 0;
    }
    int actual = adjustTimeout(wanted);
    int pinged = actual == wanted ? device.ping() : 0;
    if (actual == wanted && pinged == 0) {
      armed(wanted);
      return wanted;
    }
    log.log(device.path() + " can not be used with fire_timeout " + wanted);
    if (disarmAndClose()) {
      return 0;
    }
    // It can not be stopped any more: from now on it has to be pinged, with the timeout it has.
    armed(Math.max(0, actual));
    pingFails = pinged < 0;
    return pingFails ? 0 : fireTimeout;
  }

  private void armed(int seconds) {
    state = State.OPEN;
    fireTimeout = seconds;
    lastKeepalive = clock.seconds();
    pingFails = false;
    log.log(device.path() + " armed with fire_timeout " + seconds);
  }

  private int adjustTimeout(int wanted) {
    int actual = device.timeout();
    if (actual < 0 || actual == wanted) {
      return actual;
    }
    int set = device.setTimeout(wanted);
    return set < 0 ? actual : device.timeout();
  }

  /**
   * All tests passed: pings, or opens again after an unclean close.
   *
   * @return whether the device was pinged; otherwise the tests are to be made again soon
   */
  boolean keepAlive(Decision decision) {
    Check.state(testing(), "no device to keep alive");
    return (state == State.OPEN || reopen(decision)) && ping(decision);
  }

  private boolean ping(Decision decision) {
    long now = clock.nanos();
    if (decision.isTooLate(now)) {
      return false;
    }
    int result = device.ping();
    pingFails = result < 0;
    if (pingFails) {
      log.log(device.path() + " keepalive error " + -result + ", the watchdog counts on");
      return false;
    }
    lastKeepalive = now / MachineClock.SECOND_NANOS;
    held = false;
    reportLatePing(decision);
    return true;
  }

  /** Opening and setting the timeout may ping. */
  private boolean reopen(Decision decision) {
    if (decision.isTooLate(clock.nanos())) {
      return false;
    }
    int opened = device.open();
    if (opened < 0) {
      log.log(device.path() + " reopen error " + -opened);
      return false;
    }
    int actual = device.timeout();
    if (actual != fireTimeout && !decision.isTooLate(clock.nanos())) {
      actual = adjustTimeout(fireTimeout);
    }
    if (actual == fireTimeout) {
      state = State.OPEN;
      log.log(device.path() + " reopen");
      return true;
    }
    log.log(device.path() + " reopen: fire_timeout " + actual + " instead of " + fireTimeout);
    long now = clock.nanos();
    // Past an expiry it stays open and is never pinged again: without its timeout it is of no use.
    if (!decision.expiresBy(now)) {
      closeUnclean(decision, now);
    }
    return false;
  }

  /**
   * A test failed: makes sure that the device counts without us. To close it pings once more, so
   * past an expiry, or so near to it that a short pause would make the close late, it is kept open
   * and not pinged instead.
   */
  void letFire(Decision decision) {
    if (state != State.OPEN || held) {
      return;
    }
    long now = clock.nanos();
    if (decision.expiresBy(now + DECISION_NANOS)) {
      held = true;
      log.log(device.path() + " not closed at an expiry, counts since " + lastKeepalive);
      return;
    }
    if (!decision.isOld(now)) {
      closeUnclean(decision, now);
    }
  }

  private void closeUnclean(Decision decision, long now) {
    lastCloseUnclean = now / MachineClock.SECOND_NANOS;
    state = State.COUNTING;
    device.close();
    log.log(device.path() + " closed unclean");
    reportLatePing(decision);
  }

  /**
   * Nobody needs the device any more: stops it.
   *
   * @return whether it is stopped now; false means that it must be pinged on
   */
  boolean stop() {
    if (state == State.OPEN && disarmAndClose()) {
      state = State.OFF;
    }
    return state == State.OFF;
  }

  private boolean disarmAndClose() {
    if (device.noWayOut()) {
      if (!saidNoWayOut) {
        saidNoWayOut = true;
        log.log(device.path() + " has nowayout set and can not be disarmed: pinging on");
      }
      return false;
    }
    int result = device.disarm();
    if (result < 0) {
      log.log(device.path() + " disarm write error " + -result + " " + Errno.name(-result));
      return false;
    }
    log.log(device.path() + " disarmed");
    device.close();
    return true;
  }

  /** A pause between the look at the clock and the system call can not be excluded, only told. */
  private void reportLatePing(Decision decision) {
    long now = clock.seconds();
    if (now >= decision.earliestExpiry) {
      log.log(device.path() + " pinged late: now " + now + " expire " + decision.earliestExpiry);
    }
  }
}
