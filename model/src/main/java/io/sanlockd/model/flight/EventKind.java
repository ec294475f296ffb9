package io.sanlockd.model.flight;

import java.util.Arrays;
import java.util.Optional;

/**
 * What can happen in a daemon. The meaning of the three numbers <i>a, b, c</i> and of the text is
 * given for each; numbers of kinds are on disk and never change.
 */
public enum EventKind {
  /** This life of the daemon begins. Text: host name. */
  STARTED(1, Ring.VITAL, true),
  /** It ends by itself, with no lockspace. */
  ENDED(2, Ring.VITAL, true),
  /** Records that could not be kept: a. */
  RECORDS_LOST(3, Ring.VITAL, false),
  /** A warning of the log. Text: the line without its time. */
  LOG_WARNING(4, Ring.LOG, false),
  /** An error of the log. Text: the line without its time. */
  LOG_ERROR(5, Ring.LOG, false),

  /** A lockspace was joined. a: host_id, b: generation, c: io_timeout. Text: where it is. */
  JOINED(10, Ring.VITAL, true),
  /** It could not be joined. a: result. */
  JOIN_FAILED(11, Ring.VITAL, false),
  /** It was left; nothing of this host uses it any more. */
  LEFT(12, Ring.VITAL, true),
  /** Our delta lease was renewed. a: its new timestamp, b, c: milliseconds of read and write. */
  RENEWED(20, Ring.VITAL, false),
  /** A renewal failed. a: result, b: age of the last good one, c: seconds the attempt took. */
  RENEWAL_FAILED(21, Ring.VITAL, true),

  /** Renewals fail for so long that the lease is in danger. a: age, b: seconds until it is lost. */
  RENEWAL_LATE(30, Ring.VITAL, true),
  /**
   * Users of the lockspace are stopped from now on. a: age of the last renewal. Text: EXPIRED,
   * OVERWRITTEN, UNGUARDED or REMOVED.
   */
  STOPPING(31, Ring.VITAL, true),
  /** A killpath program is about to be started. a: pid of the process it is for. */
  KILLPATH(32, Ring.VITAL, true),
  /** A signal is about to be sent. a: pid, b: signal. */
  SIGNAL(33, Ring.VITAL, true),
  /** A process that was to be stopped is gone. a: pid. */
  PROCESS_GONE(34, Ring.VITAL, true),
  /** Processes survive every signal; the watchdog is left to it. a: how many. */
  STUCK(35, Ring.VITAL, true),
  /** All users are gone; the lockspace is left. */
  ALL_GONE(36, Ring.VITAL, true),

  /** The watchdog is armed. a: when it expires, in seconds of CLOCK_MONOTONIC. */
  WATCHDOG_ARMED(40, Ring.VITAL, true),
  /** A renewal has moved that on. a: the new time. */
  WATCHDOG_UPDATED(41, Ring.VITAL, false),
  /** wdmd did not take the message that moves it on. a: negative errno. */
  WATCHDOG_REFUSED(42, Ring.VITAL, true),
  /** The watchdog is disarmed. */
  WATCHDOG_DISARMED(43, Ring.VITAL, true),
  /** wdmd is gone, so the host is about to be reset. */
  WATCHDOG_LOST(44, Ring.VITAL, true),

  /** There is a helper process. a: pid. */
  HELPER_STARTED(50, Ring.VITAL, false),
  /** It is gone. a: pid. */
  HELPER_LOST(51, Ring.VITAL, true),

  /** The main loop did not run. a: milliseconds it came late. */
  PAUSED(60, Ring.VITAL, true),
  /** The host was suspended. a: seconds. */
  SUSPENDED(61, Ring.VITAL, true),

  /** A lease was taken. a: pid, b: version of the lease, c: 1 when shared. Text: resource. */
  GRANTED(70, Ring.TRAFFIC, false),
  /** A lease was not given. a: pid, b: result, c: host_id of its owner or 0. Text: resource. */
  REFUSED(71, Ring.TRAFFIC, false),
  /** A lease was given back. a: 0 or the negative result. Text: resource. */
  RELEASED(72, Ring.TRAFFIC, false),
  /** A lease is to change its mode. a: pid, b: 1 when to shared, 0 to exclusive. Text: resource. */
  CONVERTING(73, Ring.TRAFFIC, false),
  /** It has. a: pid, b: version of the lease, c: 1 when shared now. Text: resource. */
  CONVERTED(74, Ring.TRAFFIC, false),
  /**
   * It has not, and is held as before. a: pid, b: result, c: host_id of the owner that was met or
   * 0. Text: resource.
   */
  CONVERT_REFUSED(75, Ring.TRAFFIC, false),
  /** It has failed halfway: others may share the lease. a: pid, b: result. Text: resource. */
  CONVERT_HALFWAY(76, Ring.TRAFFIC, false),
  /** A lease stays held without a process. a: pid of the one that held it. Text: resource. */
  ORPHANED(77, Ring.TRAFFIC, false),
  /**
   * Another host asks for a lease; what is done to its holder is told next. a: its pid, b: version
   * wanted, c: 1 by force, 2 gracefully, other ways are ignored. Text: resource.
   */
  REQUESTED(78, Ring.TRAFFIC, false);

  /** The part of the file that keeps it. */
  public enum Ring {
    /** Leases, their loss, and what protects them. */
    VITAL,
    /** Lines of the log. */
    LOG,
    /** What clients do. */
    TRAFFIC
  }

  private final int number;
  private final Ring ring;
  private final boolean urgent;

  EventKind(int number, Ring ring, boolean urgent) {
    this.number = number;
    this.ring = ring;
    this.urgent = urgent;
  }

  /** The kind of a number; empty for one of a later version. */
  public static Optional<EventKind> of(int number) {
    return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
  }

  /** What stands for it on disk. */
  public int number() {
    return number;
  }

  /** The ring that keeps it. */
  public Ring ring() {
    return ring;
  }

  /** Whether it is to be on disk as soon as possible. */
  public boolean urgent() {
    return urgent;
  }
}
