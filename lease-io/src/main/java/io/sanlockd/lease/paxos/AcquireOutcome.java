package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;
import java.util.Optional;

/** How an acquire ended. */
public sealed interface AcquireOutcome {
  /**
   * The lease is ours.
   *
   * @param leader the record that proves it
   * @param dblock our block as last written; every later write of our host block carries it (I4)
   */
  record Granted(LeaderRecord leader, Dblock dblock) implements AcquireOutcome {}

  /**
   * The lease is not ours.
   *
   * @param result negative result number
   * @param message what happened, for the log
   * @param leader the leader that made it fail, where there was one
   * @param undo what must be undone on disk before anybody uses the lease again on this host;
   *     without it this attempt could still become owner unknowingly
   */
  record Refused(int result, String message, Optional<LeaderRecord> leader, Optional<Holding> undo)
      implements AcquireOutcome {
    /**
     * Whether the lease may be had in a moment, so that a new acquire is worth a try: another host
     * won a race and has given the lease back already. A shared acquire also waits out whoever won
     * such a race, because that host may be joining, too, and owns the lease only until it has
     * joined; only a leader that the owner wrote itself says so (paxos-lease.md 16).
     *
     * @param wantedShared how the lease was wanted
     */
    public boolean momentary(boolean wantedShared) {
      boolean lostRace =
          result == ResultCode.ACQUIRE_OWNED.number()
              || result == ResultCode.ACQUIRE_OTHER.number();
      if (!wantedShared) {
        return lostRace && leader.filter(LeaderRecord::isFree).isPresent();
      }
      boolean mayBeJoining =
          leader
              .filter(l -> (l.flags() & LeaderRecord.SHORT_HOLD) != 0 || l.writeId() != l.ownerId())
              .isPresent();
      return lostRace || (result == ResultCode.ACQUIRE_IDLIVE.number() && mayBeJoining);
    }
  }
}
