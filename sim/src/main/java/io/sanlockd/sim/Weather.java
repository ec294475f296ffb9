package io.sanlockd.sim;

import io.sanlockd.lease.Clock;
import java.util.HashMap;
import java.util.Map;

/** How long each I/O takes and whether it comes to anything. */
final class Weather {

  /** What an I/O does. */
  enum Kind {
    READ,
    WRITE,
    /** The write of a delta lease. */
    RENEWAL
  }

  /**
   * What happens to an I/O.
   *
   * @param durationNanos until it ends
   * @param diskNanos within which the disk does it
   * @param reachesDisk whether it is done
   * @param failed whether it ends with an error
   */
  record Fate(long durationNanos, long diskNanos, boolean reachesDisk, boolean failed) {
    Fate(long durationNanos, boolean reachesDisk, boolean failed) {
      this(durationNanos, durationNanos, reachesDisk, failed);
    }
  }

  private final Chance chance;
  private final Profile.Pace usual;
  private final Map<Machine, Long> outageUntilNanos = new HashMap<>();
  private Profile profile;

  Weather(Chance chance, Profile profile) {
    this.chance = chance;
    this.profile = profile;
    // From a quick disk to one on which every I/O takes up to a third of a second.
    this.usual =
        profile
            .habits()
            .duel()
            .orElseGet(() -> new Profile.Pace(20_000, chance.between(1_000_000, 300_000_000)));
  }

  void change(Profile next) {
    profile = next;
    outageUntilNanos.clear();
  }

  /** A machine has no storage until this time. */
  void outage(Machine machine, long untilNanos) {
    outageUntilNanos.merge(machine, untilNanos, Math::max);
  }

  /** What happens to an I/O that begins now. */
  Fate fate(Machine machine, long nowNanos, Kind kind) {
    long duration = chance.between(usual.fastestNanos(), usual.slowestNanos());
    long outage = outageUntilNanos.getOrDefault(machine, 0L) - nowNanos;
    if (outage > 0) {
      boolean survives = chance.of(0.5);
      return new Fate(outage + duration, survives, !survives);
    }
    if (chance.misfortune(profile.lostIo())) {
      return new Fate(chance.between(Clock.SECOND_NANOS, Profile.LATEST_NANOS), false, true);
    }
    if (chance.misfortune(profile.failedIo())) {
      return new Fate(duration, chance.of(0.5), true);
    }
    Profile.Delays slow = profile.slow();
    double probability =
        switch (kind) {
          case READ -> slow.read();
          case WRITE -> slow.write();
          case RENEWAL -> slow.write() + profile.slowRenewal();
        };
    if (chance.misfortune(probability)) {
      long late = chance.between(slow.shortestNanos(), slow.longestNanos());
      return new Fate(late, slow.answerOnly() ? duration : late, true, false);
    }
    return new Fate(duration, true, false);
  }
}
