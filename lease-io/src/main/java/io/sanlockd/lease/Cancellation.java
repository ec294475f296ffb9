package io.sanlockd.lease;

/**
 * Says whether an operation should give up: its client died, its lockspace fails or is removed, or
 * the daemon stops. Asked before every wait and every new ballot. Thread-safe.
 */
@FunctionalInterface
public interface Cancellation {
  /** Never gives up. */
  Cancellation NEVER = () -> false;

  /** Whether to give up now. */
  boolean cancelled();
}
