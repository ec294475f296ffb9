package io.sanlockd.client.lease;

import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Command;
import java.util.List;

/** Somebody else had the lease until the deadline. {@link #number()} is the last refusal. */
public final class LeaseUnavailableException extends SanlockException {
  private static final long serialVersionUID = 1L;

  private final transient List<LeaseOwner> owners;

  LeaseUnavailableException(SanlockException last, List<LeaseOwner> owners) {
    super(last.number(), last.command(), owners.isEmpty() ? null : owners.get(0));
    this.owners = List.copyOf(owners);
    initCause(last);
  }

  /** A thread of this process has it. */
  LeaseUnavailableException(LeaseResource resource) {
    super(ResultCode.EEXIST.number(), Command.ACQUIRE);
    this.owners = List.of();
    initCause(new IllegalStateException("another thread of this process holds " + resource));
  }

  /**
   * Who has it: the host of an exclusive owner (which may be this one, for another process), or the
   * hosts that share it. Empty when it was given back meanwhile or the question failed.
   */
  public List<LeaseOwner> owners() {
    return owners == null ? List.of() : owners;
  }
}
