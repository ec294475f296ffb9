package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;

/**
 * What this host must not forget about its own ballots for one resource as long as its generation
 * lives: the numbers it has used (I6) and the versions it has given up (I9, H6). Lost memory is
 * restored from our own block on disk at the next acquire. Guarded by whoever runs one operation at
 * a time on the resource.
 */
public final class BallotMemory {
  private long lver;
  private long highestMbal;
  private long releasedLver;

  /** Notes a block that we are about to write, or have found as ours on disk. */
  void note(Dblock own) {
    if (own.lver() > lver) {
      lver = own.lver();
      highestMbal = own.mbal();
    } else if (own.lver() == lver) {
      highestMbal = Math.max(highestMbal, own.mbal());
    }
    if (own.released()) {
      releasedLver = Math.max(releasedLver, own.lver());
    }
  }

  /** The highest number ever used for a version, 0 when none. */
  long highestMbal(long forLver) {
    return forLver == lver ? highestMbal : 0;
  }

  /** Whether this version, or a later one, was given up by us and may never be claimed again. */
  boolean isReleased(long forLver) {
    return forLver <= releasedLver;
  }
}
