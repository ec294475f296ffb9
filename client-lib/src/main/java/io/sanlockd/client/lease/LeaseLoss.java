package io.sanlockd.client.lease;

import java.util.Objects;

/**
 * Why a lease is no longer held although nobody closed it. Whatever the cause: stop using what the
 * lease protects, then close the lease.
 *
 * @param cause what happened
 * @param details for a human
 */
public record LeaseLoss(Cause cause, String details) {
  /** What happened. */
  public enum Cause {
    /**
     * The connection to the daemon ended: it died, or was stopped. Nobody renews the lease any
     * more; another host gets it when the dead time has passed (or the watchdog resets this one).
     */
    DAEMON_GONE,
    /**
     * The daemon lost the storage of the lockspace, or the lockspace is being removed. It is about
     * to stop this process, unless the lease is closed first.
     */
    LOCKSPACE_FAILED,
    /**
     * The daemon did not confirm in time that it still renews: it is stuck, or this process was
     * stopped for long. The lease may be fine, but nobody here can know.
     */
    NOT_CONFIRMED,
    /** Somebody else gave the lease back in the name of this process. */
    RELEASED_BY_OTHERS,
    /** A command on the lease got no reply in time, so its mode is not known. */
    NO_REPLY,
    /** This process closed its {@link Leases} while the lease was open. */
    CLOSED_HERE
  }

  /** Checks that both are there. */
  public LeaseLoss {
    Objects.requireNonNull(cause);
    Objects.requireNonNull(details);
  }

  @Override
  public String toString() {
    return cause + ": " + details;
  }
}
