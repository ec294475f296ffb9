package io.sanlockd.sim;

import io.sanlockd.lease.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What goes wrong in a world, and how often. Probabilities are per occasion, intervals are means in
 * seconds of virtual time for each machine; 0 = never.
 *
 * @param slowIo an I/O takes up to a minute and a half, so that some outlast their time limit
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
    double slowIo,
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
   * What is unusual about the processes of some worlds.
   *
   * @param crashAfterWrite probability that a machine crashes right after a write to a lease
   * @param deathAfterRenewal probability that a daemon dies right after a renewal that took more
   *     than ten seconds
   * @param longestThought seconds between two uses at most, 0 = as the world says
   * @param longestUse seconds of a use, from a tenth of it, 0 = as the world says
   * @param numHosts probability that an acquire asks for another num_hosts
   */
  record Habits(
      double crashAfterWrite,
      double deathAfterRenewal,
      long longestThought,
      long longestUse,
      double numHosts) {
    private static final Habits USUAL = new Habits(0, 0, 0, 0, 0);
  }

  /** The longest that anything takes that is late. */
  static final long LATEST_NANOS = 90 * Clock.SECOND_NANOS;

  private static final Profile CALM =
      new Profile("calm", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Habits.USUAL);

  /** The profiles that are mixed, the one with everything last. */
  static final Profile[] ALL = {
    CALM,
    new Profile("delays", 0.03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.05, Habits.USUAL),
    new Profile("storage", 0.02, 0, 0.01, 0.01, 0, 0, 400, 0, 0, 0, 0.05, Habits.USUAL),
    new Profile("pauses", 0, 0, 0, 0, 0.02, 200, 0, 0, 0, 0, 0.05, Habits.USUAL),
    new Profile("crashes", 0, 0, 0, 0, 0, 0, 0, 250, 500, 200, 0.2, Habits.USUAL),
    new Profile(
        "everything", 0.015, 0, 0.004, 0.004, 0.01, 400, 600, 500, 900, 400, 0.1, Habits.USUAL)
  };

  /**
   * Daemons die right after renewals whose writes took long, and their processes live on until the
   * watchdog fires: whether the times of renewals and dead owners fit together. Not a mixed one.
   */
  private static final Profile DEATHS =
      new Profile("deaths", 0, 0.3, 0, 0, 0, 0, 0, 0, 60, 0, 0.02, Habits.USUAL);

  /**
   * Daemons die right after the slowest renewals, and their processes keep their leases until the
   * watchdog fires: whether it counts from before the write.
   */
  private static final Profile ORPHANS =
      new Profile("orphans", 0, 0.2, 0, 0, 0, 0, 0, 0, 0, 0, 0.02, new Habits(0, 0.5, 0, 400, 0));

  /**
   * Machines crash in the middle of a ballot and come back while nobody else wants the lease, so
   * that they meet what their former life has proposed.
   */
  private static final Profile RELAPSES =
      new Profile("relapses", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.02, new Habits(0.1, 0, 900, 300, 0));

  /** Slow I/O while the number of hosts of a lease goes up and down. */
  private static final Profile RESIZES =
      new Profile("resizes", 0.03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.05, new Habits(0, 0, 0, 0, 0.3));

  static Optional<Profile> named(String name) {
    return Stream.concat(Stream.of(ALL), Stream.of(DEATHS, ORPHANS, RELAPSES, RESIZES))
        .filter(profile -> profile.name.equals(name.toLowerCase(Locale.ROOT)))
        .findAny();
  }

  /** Whether every I/O does what it says, however late. */
  boolean storageIsSound() {
    return slowIo == 0 && slowRenewal == 0 && failedIo == 0 && lostIo == 0 && outage == 0;
  }

  /** The same world once nothing goes wrong any more. */
  static Profile calm() {
    return CALM;
  }
}
