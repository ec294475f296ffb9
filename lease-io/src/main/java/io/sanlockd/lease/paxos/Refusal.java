package io.sanlockd.lease.paxos;

import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;
import java.util.Optional;

/** A decision, not a failure of the disk, that ends an acquire. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int result;
  private final transient LeaderRecord leader;

  /**
   * A refusal.
   *
   * @param leader the leader that led to it, null when there was none
   */
  Refusal(ResultCode code, LeaderRecord leader, String message) {
    super(message);
    this.result = code.number();
    this.leader = leader;
  }

  int result() {
    return result;
  }

  Optional<LeaderRecord> leader() {
    return Optional.ofNullable(leader);
  }
}
