package io.sanlockd.lease.paxos;

import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Tells live from dead shared holders once the lease is ours exclusively, and clears the blocks of
 * dead ones (paxos-lease.md 7). A holder is dead only if its delta lease, read after its mode
 * block, says so: the host table alone is as old as our last renewal.
 */
final class SharerCheck {
  private final PaxosIdentity identity;
  private final LeaseReplicas replicas;
  private final LockspaceHosts lockspace;
  private final LeaseLog log;

  SharerCheck(PaxosContext context) {
    this.identity = context.identity();
    this.replicas = context.replicas();
    this.lockspace = context.lockspace();
    this.log = context.log();
  }

  /**
   * Clears dead sharers.
   *
   * @param hosts the hosts whose SHARED flag was seen
   * @return number of sharers that may be alive
   */
  int clearDead(BitSet hosts) throws LeaseException {
    int alive = 0;
    for (int hostId = hosts.nextSetBit(1); hostId >= 0; hostId = hosts.nextSetBit(hostId + 1)) {
      if (!clearIfDead(hostId)) {
        alive++;
      }
    }
    return alive;
  }

  private boolean clearIfDead(int hostId) throws LeaseException {
    Optional<ModeBlock> mode = sharedMode(hostId);
    if (mode.isEmpty()) {
      return true;
    }
    long generation = mode.get().generation();
    if (!isDead(hostId, generation)) {
      return false;
    }
    if (!sharedMode(hostId).equals(mode)) {
      return false;
    }
    if (!lockspace.fence().enter()) {
      return false;
    }
    try {
      replicas.writeHostBlock(hostId, HostBlock.CLEARED);
    } finally {
      lockspace.fence().leave();
    }
    log.error("cleared shared lease for dead host_id " + hostId + " gen " + generation);
    return true;
  }

  /** The mode block if SHARED is set on any replica read that did not miss a later write. */
  private Optional<ModeBlock> sharedMode(int hostId) throws LeaseException {
    List<HostBlock> copies = replicas.readHostBlocks(hostId);
    for (HostBlock block : copies) {
      if (block.mode().isShared() && copies.stream().noneMatch(block::isOutdatedBy)) {
        if (block.mode().generation() == 0) {
          log.error("shared lease of host_id " + hostId + " has generation 0");
          return Optional.empty();
        }
        return Optional.of(block.mode());
      }
    }
    return Optional.empty();
  }

  private boolean isDead(int hostId, long generation) throws LeaseException {
    Optional<HostView> view = lockspace.hosts().view(hostId);
    LeaderRecord delta = lockspace.readDelta(hostId);
    if (Long.compareUnsigned(delta.ownerGeneration(), generation) < 0) {
      return false;
    }
    if (delta.isFree()
        || delta.ownerId() != hostId
        || Long.compareUnsigned(delta.ownerGeneration(), generation) > 0) {
      return true;
    }
    if (view.isEmpty()
        || view.get().generation() != delta.ownerGeneration()
        || view.get().timestamp() != delta.timestamp()) {
      return false;
    }
    HostView seen = view.get();
    int ioTimeout = Math.max(seen.ioTimeout() & 0xff, delta.ioTimeout() & 0xff);
    long lastSign = seen.lastLive() != 0 ? seen.lastLive() : seen.firstCheck();
    return seen.lastCheck() - lastSign > identity.times().ofOther(ioTimeout).deadSeconds();
  }
}
