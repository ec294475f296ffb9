package io.sanlockd.daemon.lockspace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which parts of which storage are the areas of our lockspaces, whatever path they were given by
 * (lockspace.md 15, no. 8 and 9). Thread-safe; no method waits.
 */
final class AreaClaims {
  private final List<Claim> claims = new ArrayList<>();

  private record Claim(Lockspace owner, Object storage, long offset, long length) {
    boolean overlaps(Object otherStorage, long otherOffset, long otherLength) {
      return storage.equals(otherStorage)
          && offset < otherOffset + otherLength
          && otherOffset < offset + length;
    }
  }

  /**
   * Claims an area for a lockspace that is being added.
   *
   * @return the lockspace that has a part of it already; then nothing is claimed
   */
  synchronized Optional<Lockspace> claim(
      Lockspace owner, Object storage, long offset, long length) {
    for (Claim claim : claims) {
      if (claim.overlaps(storage, offset, length)) {
        return Optional.of(claim.owner);
      }
    }
    claims.add(new Claim(owner, storage, offset, length));
    return Optional.empty();
  }

  /** Gives up what a lockspace has claimed. */
  synchronized void release(Lockspace owner) {
    claims.removeIf(claim -> claim.owner == owner);
  }
}
