package io.sanlockd.client.lease;

/** A lease is no longer held; see {@link #loss()}. */
public final class LeaseLostException extends Exception {
  private static final long serialVersionUID = 1L;

  private final LeaseLoss.Cause cause;
  private final String details;

  LeaseLostException(LeaseResource resource, LeaseLoss loss) {
    super("the lease " + resource + " is lost: " + loss);
    this.cause = loss.cause();
    this.details = loss.details();
  }

  /** Why it is lost. */
  public LeaseLoss loss() {
    return new LeaseLoss(cause, details);
  }
}
