package io.sanlockd.client.lease;

import io.sanlockd.client.RestrictFlag;

/**
 * How the daemon stops this process when the lockspace fails, if the lease is not closed before.
 */
public enum SignalPolicy {
  /** SIGTERM (or the killpath) while there is time, then SIGKILL. */
  TERM_THEN_KILL,
  /** Never SIGKILL. When SIGTERM does not help in time the watchdog resets the host. */
  ONLY_TERM,
  /** SIGKILL from the start, unless there is a killpath. */
  ONLY_KILL;

  RestrictFlag[] restriction() {
    return switch (this) {
      case TERM_THEN_KILL -> new RestrictFlag[0];
      case ONLY_TERM -> new RestrictFlag[] {RestrictFlag.NO_SIGKILL};
      case ONLY_KILL -> new RestrictFlag[] {RestrictFlag.NO_SIGTERM};
    };
  }
}
