package io.sanlockd.client.lease;

import io.sanlockd.client.LeaseOwner;
import io.sanlockd.client.SanlockException;
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

  /**
   * Who has it: the host of an exclusive owner (which may be this one, for another process), or the
   * hosts that share it. Empty when it was given back meanwhile or the question failed.
   */
  public List<LeaseOwner> owners() {
    return owners == null ? List.of() : owners;
  }
}
