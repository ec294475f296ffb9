package io.sanlockd.sim;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * A host of which nothing is seen but commits that land late: it has decided the owner that another
 * host has committed long since, and puts the leader back to that version.
 *
 * @param hostId of nobody else
 */
record Straggler(World world, long hostId) {
  /** A leader has reached a disk; its owner may be decided here, too, and committed later. */
  void landed(SimStorage storage, long offset, LeaderRecord leader) {
    Profile profile = world.profile();
    boolean others = !leader.isFree() && leader.writeId() != hostId;
    while (others && world.chance().misfortune(profile.habits().lateCommit())) {
      world.scheduler().after(latenessNanos(profile), null, () -> commit(storage, offset, leader));
    }
  }

  /** That of other writes; before anybody can own the next version where no write is late. */
  private long latenessNanos(Profile profile) {
    Profile.Pace pace = profile.habits().duel().orElseThrow();
    return profile.writesAreTimely()
        ? world.chance().between(pace.fastestNanos(), 3 * pace.slowestNanos())
        : world.chance().between(profile.slow().shortestNanos(), profile.slow().longestNanos());
  }

  private void commit(SimStorage storage, long offset, LeaderRecord leader) {
    Dblock decided =
        Dblock.of(
            0, 0, leader.ownerId(), leader.ownerGeneration(), leader.timestamp(), leader.lver(), 0);
    LeaderRecord late =
        leader.committed(
            decided,
            leader.numHosts(),
            leader.flags(),
            hostId,
            DuelLease.GENERATION,
            leader.writeTimestamp());
    byte[] sector = new byte[SimStorage.SECTOR];
    late.encode(BytesStore.wrap(sector), 0);
    world.write(storage, offset, sector, this);
  }

  @Override
  public String toString() {
    return "straggler " + hostId;
  }
}
