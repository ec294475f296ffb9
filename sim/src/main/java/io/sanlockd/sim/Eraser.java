package io.sanlockd.sim;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * A C-like host that wants the lease shared the moment another has proposed itself, and is as quick
 * as can be: its whole ballot is done at once, and some time later it commits what it has decided,
 * learns that it is not itself, and erases its block. Only in worlds with C-like hosts.
 */
final class Eraser {
  private final World world;
  private final long hostId;
  private boolean busy;

  /**
   * One that does nothing yet.
   *
   * @param hostId of nobody else
   */
  Eraser(World world, long hostId) {
    this.world = world;
    this.hostId = hostId;
  }

  /** The block of a host has reached a disk. */
  void landed(SimStorage storage, Dblock block) {
    boolean wanted = !busy && !world.strict() && block.bal() != 0 && !block.released();
    if (!wanted || !world.chance().misfortune(world.profile().habits().erasure())) {
      return;
    }
    LeaderRecord leader = LeaderRecord.decode(BytesStore.wrap(storage.sector(0)), 0);
    if (!leader.isFree() || block.lver() != leader.lver() + 1) {
      return;
    }
    Dblock decided = ballot(storage, leader, block);
    busy = true;
    write(storage, decided);
    Profile.Pace pace = world.profile().habits().duel().orElseThrow();
    world
        .scheduler()
        .after(
            world.chance().between(pace.fastestNanos(), pace.slowestNanos()),
            null,
            () -> commit(storage, leader, decided));
  }

  /** Its block at the end of a ballot in which nobody interferes. */
  private Dblock ballot(SimStorage storage, LeaderRecord leader, Dblock proposal) {
    long highest = 0;
    Dblock candidate = proposal;
    for (long id = 1; id <= leader.numHosts(); id++) {
      byte[] sector = storage.sector(Names.blockOffset(id));
      Dblock other = HostBlock.decode(BytesStore.wrap(sector), 0).dblock();
      highest = Math.max(highest, other.mbal());
      if (other.lver() == proposal.lver() && other.bal() > candidate.bal()) {
        candidate = other;
      }
    }
    long mbal = highest - highest % leader.maxHosts() + leader.maxHosts() + hostId;
    return Dblock.of(
        mbal, mbal, candidate.inp(), candidate.inp2(), candidate.inp3(), proposal.lver(), 0);
  }

  private void commit(SimStorage storage, LeaderRecord basis, Dblock decided) {
    byte[] sector = new byte[SimStorage.SECTOR];
    basis
        .committed(
            decided,
            basis.numHosts(),
            basis.flags(),
            hostId,
            DuelLease.GENERATION,
            basis.writeTimestamp() + 1)
        .encode(BytesStore.wrap(sector), 0);
    world.write(storage, 0, sector, this);
    write(storage, Dblock.of(0, 0, 0, 0, 0, 0, Dblock.RELEASED));
    busy = false;
  }

  private void write(SimStorage storage, Dblock block) {
    byte[] sector = new byte[SimStorage.SECTOR];
    new HostBlock(block, ModeBlock.NONE).encode(BytesStore.wrap(sector), 0);
    world.write(storage, Names.blockOffset(hostId), sector, this);
  }

  @Override
  public String toString() {
    return "eraser " + hostId;
  }
}
