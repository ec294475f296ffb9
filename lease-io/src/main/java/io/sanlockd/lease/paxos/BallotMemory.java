package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;
import java.util.Optional;

/**
 * What this host must not forget about its own ballots for one resource as long as its generation
 * lives: the numbers it has used (I6), what it has proposed, and the versions it has given up (I9,
 * H6). Lost memory is restored from our own block on disk at the next acquire. Guarded by whoever
 * runs one operation at a time on the resource.
 */
public final class BallotMemory {
  private long highestMbal;
  private long releasedLver;
  private Optional<Dblock> proposal = Optional.empty();

  /** Notes a block that we are about to write, or have found as ours on disk. */
  void note(Dblock own) {
    highestMbal = Math.max(highestMbal, own.mbal());
    if (own.released()) {
      releasedLver = Math.max(releasedLver, own.lver());
    }
    if (own.bal() != 0 && proposal.filter(last -> isLater(last, own)).isEmpty()) {
      proposal = Optional.of(own);
    }
  }

  private static boolean isLater(Dblock last, Dblock than) {
    return last.lver() > than.lver() || (last.lver() == than.lver() && last.bal() >= than.bal());
  }

  /** The last value we proposed for a version: it may be the decided one. */
  Optional<Dblock> proposal(long lver) {
    return proposal.filter(last -> last.lver() == lver);
  }

  /**
   * Our block was found as if never written beside a leader of version {@code lver}. When we gave
   * up a version that lies further ahead than the next one, no late write can explain that: the
   * area was initialised again, and its versions are new ones.
   */
  void noteBlank(long lver) {
    if (lver == 0 || lver + 1 < releasedLver) {
      releasedLver = 0;
      proposal = Optional.empty();
    }
  }

  /** The highest number ever used by us, 0 when none. */
  long highestMbal() {
    return highestMbal;
  }

  /** Whether this version, or a later one, was given up by us and may never be claimed again. */
  boolean isReleased(long lver) {
    return lver <= releasedLver;
  }
}
