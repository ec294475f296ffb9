package io.sanlockd.sim;

import io.sanlockd.lease.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What goes wrong in a world, and how often. Probabilities are per occasion, intervals are means in
 * seconds of virtual time for each machine; 0 = never.
 *
 * @param slow an I/O takes long
 * @param slowRenewal the write of a delta lease takes as long as that
 * @param failedIo an I/O is reported as failed; half of such writes have landed all the same
 * @param lostIo an I/O never reaches the disk, and ends only after minutes
 * @param stall a thread stops for up to a minute and a half before an I/O, after it or at its clock
 * @param hostStall seconds between stalls of a whole machine
 * @param outage seconds between losses of the storage for one machine; each fifth hits all
 * @param crash seconds between crashes of a machine
 * @param daemonDeath seconds between deaths of a daemon, whose processes live on until the reset
 * @param leave seconds between removals of the lockspace
 * @param processDeath probability that a process ends instead of releasing
 * @param habits what is unusual about the processes
 */
record Profile(
    String name,
    Delays slow,
    double slowRenewal,
    double failedIo,
    double lostIo,
    double stall,
    long hostStall,
    long outage,
    long crash,
    long daemonDeath,
    long leave,
    double processDeath,
    Habits habits) {
  /**
   * I/Os that take long.
   *
   * @param read probability for a read
   * @param write probability for a write
   * @param shortestNanos how long at least
   * @param longestNanos how long at most, all magnitudes alike
   * @param answerOnly whether the disk does them as soon as others, and only their end takes long
   */
  record Delays(
      double read, double write, long shortestNanos, long longestNanos, boolean answerOnly) {
    private static final Delays NONE = of(0);

    Delays(double read, double write, long shortestNanos, long longestNanos) {
      this(read, write, shortestNanos, longestNanos, false);
    }

    /** Up to a minute and a half, so that some outlast their time limit. */
    private static Delays of(double probability) {
      return new Delays(probability, probability, Clock.SECOND_NANOS / 10, LATEST_NANOS);
    }
  }

  /**
   * How long I/Os take that do not take long.
   *
   * @param fastestNanos at least
   * @param slowestNanos at most, all magnitudes alike
   */
  record Pace(long fastestNanos, long slowestNanos) {}

  /**
   * What is unusual about the processes of some worlds.
   *
   * @param crashAfterWrite probability that a machine crashes right after a write to a lease
   * @param deathAfterRenewal probability that a daemon dies right after a renewal that took more
   *     than ten seconds
   * @param longestThought seconds between two uses at most, 0 = as the world says
   * @param longestUse seconds of a use, from a tenth of it, 0 = as the world says
   * @param numHosts probability that an acquire asks for another num_hosts
   * @param lateCommit probability that a {@link Straggler} decides what a host commits, too
   * @param erasure probability that an {@link Eraser} decides what a host proposes
   * @param duel hosts are {@link Duellist}s that fight for one lease, with I/Os of this pace
   */
  record Habits(
      double crashAfterWrite,
      double deathAfterRenewal,
      long longestThought,
      long longestUse,
      double numHosts,
      double lateCommit,
      double erasure,
      Optional<Pace> duel) {
    private static final Habits USUAL = new Habits(0, 0, 0, 0, 0, 0, 0, Optional.empty());
  }

  /** The longest that anything takes that is late. */
  static final long LATEST_NANOS = 90 * Clock.SECOND_NANOS;

  private static final Profile CALM =
      new Profile("calm", Delays.NONE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Habits.USUAL);

  /** The profiles that are mixed, the one with everything last. */
  static final Profile[] ALL = {
    CALM,
    new Profile("delays", Delays.of(0.03), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.05, Habits.USUAL),
    new Profile("storage", Delays.of(0.02), 0, 0.01, 0.01, 0, 0, 400, 0, 0, 0, 0.05, Habits.USUAL),
    new Profile("pauses", Delays.NONE, 0, 0, 0, 0.02, 200, 0, 0, 0, 0, 0.05, Habits.USUAL),
    new Profile("crashes", Delays.NONE, 0, 0, 0, 0, 0, 0, 250, 500, 200, 0.2, Habits.USUAL),
    new Profile(
        "everything",
        Delays.of(0.015),
        0,
        0.004,
        0.004,
        0.01,
        400,
        600,
        500,
        900,
        400,
        0.1,
        Habits.USUAL)
  };

  /**
   * Daemons die right after renewals whose writes took long, and their processes live on until the
   * watchdog fires: whether the times of renewals and dead owners fit together. Not a mixed one.
   */
  private static final Profile DEATHS =
      new Profile("deaths", Delays.NONE, 0.3, 0, 0, 0, 0, 0, 0, 60, 0, 0.02, Habits.USUAL);

  /**
   * Daemons die right after the slowest renewals, and their processes keep their leases until the
   * watchdog fires: whether it counts from before the write.
   */
  private static final Profile ORPHANS =
      new Profile(
          "orphans",
          Delays.NONE,
          0.2,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0.02,
          new Habits(0, 0.5, 0, 400, 0, 0, 0, Optional.empty()));

  /**
   * Machines crash in the middle of a ballot and come back while nobody else wants the lease, so
   * that they meet what their former life has proposed.
   */
  private static final Profile RELAPSES =
      new Profile(
          "relapses",
          Delays.NONE,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0.02,
          new Habits(0.1, 0, 900, 300, 0, 0, 0, Optional.empty()));

  /** Slow I/O while the number of hosts of a lease goes up and down. */
  private static final Profile RESIZES =
      new Profile(
          "resizes",
          Delays.of(0.03),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0.05,
          new Habits(0, 0, 0, 0, 0.3, 0, 0, Optional.empty()));

  /**
   * Hosts fight for one lease, all with the same speed, so that their steps come in every order.
   * Now and then an I/O takes as long as a whole acquire, but nothing reaches any time limit.
   */
  private static final Profile DUELS =
      duel(
          "duels",
          new Pace(Clock.SECOND_NANOS / 10, Clock.SECOND_NANOS),
          new Delays(0.01, 0.01, Clock.SECOND_NANOS, 4 * Clock.SECOND_NANOS),
          0,
          0);

  /**
   * Reads that take longer than what was read may be relied on, and nothing else that takes long:
   * what a host decides by them comes too late, and only its looking at the clock tells it (H3).
   * Others commit at the same time, so that what was read may have changed.
   */
  private static final Profile STALE_READS =
      duel(
          "stale-reads",
          new Pace(Clock.SECOND_NANOS / 30, Clock.SECOND_NANOS / 10),
          new Delays(0.1, 0, 6 * Clock.SECOND_NANOS, 9 * Clock.SECOND_NANOS, true),
          0.4,
          0);

  /**
   * Leaders are put back again and again, and writes take as long as whole acquires of others: what
   * hosts do that meet a version they have given up.
   */
  private static final Profile STRAGGLERS =
      duel(
          "stragglers",
          new Pace(Clock.SECOND_NANOS / 50, Clock.SECOND_NANOS / 20),
          new Delays(0.05, 0.3, Clock.SECOND_NANOS / 5, 5 * Clock.SECOND_NANOS / 2),
          0.6,
          0);

  /**
   * Other hosts commit for those who fight and erase their blocks, and reads of areas take so long
   * that both happen in the middle of them. Beside C-like hosts only.
   */
  private static final Profile ERASURES =
      duel(
          "erasures",
          new Pace(Clock.SECOND_NANOS / 10, Clock.SECOND_NANOS / 2),
          new Delays(0.3, 0.2, Clock.SECOND_NANOS / 2, 4 * Clock.SECOND_NANOS),
          0,
          0.5);

  private static Profile duel(
      String name, Pace pace, Delays slow, double lateCommit, double erasure) {
    return new Profile(
        name,
        slow,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        new Habits(0, 0, 0, 0, 0, lateCommit, erasure, Optional.of(pace)));
  }

  static Optional<Profile> named(String name) {
    return Stream.concat(
            Stream.of(ALL),
            Stream.of(DEATHS, ORPHANS, RELAPSES, RESIZES, DUELS, STALE_READS, STRAGGLERS, ERASURES))
        .filter(profile -> profile.name.equals(name.toLowerCase(Locale.ROOT)))
        .findAny();
  }

  /** Whether hosts are {@link Duellist}s. */
  boolean duel() {
    return habits.duel().isPresent();
  }

  /**
   * Whether a leader can go back only by a write that should not have been begun: no write takes
   * long, and before one host has made its last three I/Os of an acquire no other one makes a whole
   * acquire.
   */
  boolean writesAreTimely() {
    return duel() && slow.write() == 0;
  }

  /** How many steps of a world show what it can show. */
  long usualSteps() {
    return duel() ? 400 : 3000;
  }

  /** Whether every I/O does what it says, however late. */
  boolean storageIsSound() {
    return slow.read() == 0
        && slow.write() == 0
        && slowRenewal == 0
        && failedIo == 0
        && lostIo == 0
        && outage == 0;
  }

  /** The same world once nothing goes wrong any more. */
  static Profile calm() {
    return CALM;
  }
}
