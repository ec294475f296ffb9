package io.sanlockd.client;

/** Whether a daemon is in a lockspace. */
public enum LockspaceMembership {
  /** Joined. */
  JOINED,
  /** Being added or removed. */
  CHANGING,
  /** Neither. */
  ABSENT
}
