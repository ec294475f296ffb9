package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.Optional;

/**
 * Finds out whether the owner of a lease is alive, gone, or silent (paxos-lease.md 3, step 3). The
 * host table is consulted once, when the watch begins; after that only fresh reads count.
 */
final class OwnerWatch {
  /** What one look says. */
  enum Sign {
    /** Its host_id is free, taken by a newer incarnation, or silent for longer than dead time. */
    GONE,
    /** Its delta lease has moved. */
    ALIVE,
    /** Neither yet; look again in a second. */
    SILENT,
    /** Seen for the first time, so there is nothing to compare with; look again in a second. */
    UNKNOWN
  }

  private final PaxosIdentity identity;
  private final LockspaceHosts lockspace;
  private final Clock clock;
  private final long ownerId;
  private final long ownerGeneration;
  private final long waitStartSeconds;
  private final boolean seenLive;
  private final int tableIoTimeout;
  private long lastTimestamp;

  OwnerWatch(PaxosIdentity identity, LockspaceHosts lockspace, Clock clock, LeaderRecord leader) {
    this.identity = identity;
    this.lockspace = lockspace;
    this.clock = clock;
    this.ownerId = leader.ownerId();
    this.ownerGeneration = leader.ownerGeneration();
    Optional<HostView> known =
        lockspace
            .hosts()
            .view(ownerId)
            .filter(h -> h.ownerId() == ownerId && h.generation() == ownerGeneration)
            .filter(h -> h.lastCheck() != 0 && h.lastLive() != 0 && h.timestamp() != 0);
    this.waitStartSeconds = known.map(HostView::lastLive).orElseGet(clock::seconds);
    this.lastTimestamp = known.map(HostView::timestamp).orElse(0L);
    this.seenLive = known.filter(h -> h.lastCheck() == h.lastLive()).isPresent();
    // An entry of another incarnation says nothing about this owner's io_timeout.
    this.tableIoTimeout = known.map(HostView::ioTimeout).orElse(0);
  }

  Sign look() throws LeaseException {
    LeaderRecord delta = lockspace.readDelta(ownerId);
    if (delta.isFree()
        || delta.ownerId() != ownerId
        || Long.compareUnsigned(delta.ownerGeneration(), ownerGeneration) > 0) {
      return Sign.GONE;
    }
    if (lastTimestamp == 0) {
      lastTimestamp = delta.timestamp();
      return Sign.UNKNOWN;
    }
    if (delta.timestamp() != lastTimestamp || seenLive) {
      return Sign.ALIVE;
    }
    int ioTimeout = Math.max(tableIoTimeout & 0xff, delta.ioTimeout() & 0xff);
    long deadSeconds = identity.times().ofOther(ioTimeout).deadSeconds();
    return clock.seconds() - waitStartSeconds > deadSeconds ? Sign.GONE : Sign.SILENT;
  }
}
