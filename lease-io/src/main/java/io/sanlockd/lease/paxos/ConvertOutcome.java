package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.Optional;

/** How a conversion ended. */
public sealed interface ConvertOutcome {
  /**
   * The lease is held in the new mode.
   *
   * @param leader exclusive: the record that proves it; shared: the one we held before
   * @param dblock our block as last written (I4)
   */
  record Converted(LeaderRecord leader, Dblock dblock) implements ConvertOutcome {}

  /**
   * The conversion failed.
   *
   * @param result negative result number
   * @param message what happened, for the log
   * @param leader the leader that made it fail, where there was one
   * @param shared how the lease is held from now on. A failed EX to SH may leave it shared: from a
   *     certain step on others may rely on our giving up the exclusive hold
   * @param dblock our block as last written (I4), also by a conversion that failed
   * @param undo present when the leader on disk may name us although we hold the lease only shared:
   *     the final release must then be {@link PaxosRelease#exclusive} of this holding
   */
  record Refused(
      int result,
      String message,
      Optional<LeaderRecord> leader,
      boolean shared,
      Dblock dblock,
      Optional<Holding> undo)
      implements ConvertOutcome {}
}
