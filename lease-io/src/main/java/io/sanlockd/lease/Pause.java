package io.sanlockd.lease;

/** Lets time pass. */
@FunctionalInterface
public interface Pause {
  /**
   * Returns after {@code nanos}, or earlier when the thread is woken because the daemon or the
   * lockspace ends; callers look at their {@link Cancellation} afterwards.
   */
  void sleep(long nanos);
}
