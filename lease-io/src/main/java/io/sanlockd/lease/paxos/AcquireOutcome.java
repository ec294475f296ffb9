package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
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
      implements AcquireOutcome {}
}
