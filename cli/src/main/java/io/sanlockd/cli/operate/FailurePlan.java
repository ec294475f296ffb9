package io.sanlockd.cli.operate;

import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.FireTimeout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What happens, and when, after a host has renewed a lease for the last time (timeouts.md 4, 7).
 * Seconds since the beginning of that renewal.
 *
 * @param times of the host that loses its storage; the others have the same
 * @param graceSeconds from the loss of the lease to SIGKILL
 * @param watchdog whether a watchdog resets the host
 */
record FailurePlan(LeaseTimes times, int graceSeconds, boolean watchdog) {
  /** A failed attempt is followed by the next after half a second. */
  private static final double ATTEMPT_PAUSE_SECONDS = 0.5;

  /** From the end of an outage until a new attempt has begun and its end was noticed. */
  private static final int NOTICE_SECONDS = 3;

  /** How late an observer may see a renewal, besides its own renewal interval. */
  private static final double SIGHT_DELAY_SECONDS = 2.5;

  /**
   * One event.
   *
   * @param from first second at which it can happen
   * @param to last second; the same when it is certain
   */
  record Event(double from, double to, String what) {}

  static FailurePlan of(int ioTimeout, int fireTimeout, int graceSeconds, boolean watchdog) {
    return new FailurePlan(new LeaseTimes(ioTimeout, fireTimeout), graceSeconds, watchdog);
  }

  int testInterval() {
    return FireTimeout.testIntervalSeconds(times.fireTimeout());
  }

  double firstAttemptFrom() {
    return times.renewalSeconds() + ATTEMPT_PAUSE_SECONDS;
  }

  double firstAttemptTo() {
    return FireTimeout.renewalIntervalMillis(times.ioTimeout()) / 1000.0;
  }

  /** Beginnings of the attempts that fail before the lease is lost. */
  List<Double> attempts() {
    List<Double> begins = new ArrayList<>();
    double step = 2.0 * times.ioTimeout() + ATTEMPT_PAUSE_SECONDS;
    for (double at = firstAttemptFrom(); at < times.failSeconds(); at += step) {
      begins.add(at);
    }
    return begins;
  }

  int warn() {
    return times.warnSeconds();
  }

  int lost() {
    return times.failSeconds();
  }

  int sigkill() {
    return lost() + graceSeconds;
  }

  int uncleanCloseFrom() {
    return Math.max(0, lost() - testInterval());
  }

  int resetFrom() {
    return uncleanCloseFrom() + times.fireTimeout();
  }

  /** The reset comes before this second. */
  int resetBefore() {
    return lost() + times.fireTimeout();
  }

  int takeoverFrom() {
    return times.deadSeconds();
  }

  /** When an observer that saw the last renewal as late as it can may take over. */
  int takeoverTo() {
    return (int) Math.ceil(takeoverFrom() + times.renewalSeconds() + SIGHT_DELAY_SECONDS);
  }

  /** All events in the order of time. */
  List<Event> events() {
    List<Event> events = new ArrayList<>();
    events.add(new Event(0, 0, "last renewal that succeeds; storage is lost right after"));
    events.add(new Event(firstAttemptFrom(), firstAttemptTo(), "next renewal is due, and hangs"));
    events.add(
        new Event(
            firstAttemptFrom() + times.ioTimeout(),
            firstAttemptTo() + times.ioTimeout(),
            "its read times out (-202), logged as \"renewal error\"; further attempts every "
                + number(2.0 * times.ioTimeout() + ATTEMPT_PAUSE_SECONDS)
                + " s"));
    events.add(new Event(warn(), warn(), "warnings in the log each second"));
    if (watchdog) {
      events.add(
          new Event(
              uncleanCloseFrom(), lost() - 1.0, "wdmd pings for the last time (unclean close)"));
    }
    events.add(
        new Event(lost(), lost() + 1.0, "lease lost: killpath or SIGTERM to all who use it"));
    events.add(new Event(sigkill(), sigkill() + 1.0, "SIGKILL each second to those still there"));
    if (watchdog) {
      events.add(
          new Event(
              resetFrom(), resetBefore() - 1.0, "the watchdog resets the host if any is left"));
    }
    events.add(
        new Event(
            takeoverFrom(), takeoverTo(), "other hosts count it dead and may take its leases"));
    // A short fire timeout can put the unclean close before the warnings.
    events.sort(Comparator.comparingDouble(Event::from));
    return events;
  }

  /** The longest outage, beginning at the worst moment, after which nothing is lost for sure. */
  int surelySurvived() {
    return Math.max(0, 4 * times.ioTimeout() - NOTICE_SECONDS);
  }

  /** Outages of this length and more lose the lease, whenever they begin. */
  int surelyLost() {
    return times.failSeconds();
  }

  /**
   * The smallest io_timeout with which an outage is survived for sure.
   *
   * @return above {@link LeaseTimes#MAX_IO_TIMEOUT} when there is none
   */
  static int ioTimeoutFor(int outageSeconds, int fireTimeout, boolean watchdog) {
    int least =
        watchdog
            ? FireTimeout.leastIoTimeoutSeconds(FireTimeout.testIntervalSeconds(fireTimeout))
            : 1;
    return Math.max(least, (outageSeconds + NOTICE_SECONDS + 3) / 4);
  }

  /** What is wrong with the configuration (timeouts.md 7); empty when nothing is. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!watchdog) {
      problems.add(
          "without a watchdog nothing ends a host that can not kill its processes: other hosts may"
              + " take leases that are still in use");
      return problems;
    }
    int least = FireTimeout.leastIoTimeoutSeconds(testInterval());
    if (times.ioTimeout() < least) {
      problems.add(
          "io_timeout "
              + times.ioTimeout()
              + " is refused: renewals are too far apart for the test interval of wdmd ("
              + testInterval()
              + " s), which would reset a healthy host; use "
              + least
              + " or more");
    }
    int longest = FireTimeout.longestGraceSeconds(times.fireTimeout(), testInterval());
    if (graceSeconds > Math.max(0, longest)) {
      problems.add(
          "kill_grace_seconds "
              + graceSeconds
              + " leaves no time for SIGKILL before the reset; use "
              + Math.max(0, longest)
              + " or less");
    }
    return problems;
  }

  /** A number of seconds without a useless fraction. */
  static String number(double seconds) {
    return seconds == Math.rint(seconds)
        ? Long.toString((long) seconds)
        : Double.toString(Math.rint(seconds * 10) / 10);
  }
}
