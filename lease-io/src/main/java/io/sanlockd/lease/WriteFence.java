package io.sanlockd.lease;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passed by every write to a sector that is not ours alone: a value block, the block of a dead
 * host, a resource index and its areas. Other late writes of ours are recognised and repaired by
 * whoever takes the lease next; these would silently undo what a later owner wrote. So none begins
 * when our delta lease may be lost, and before our host_id becomes free or our watchdog is disarmed
 * the fence is shut and those under way are waited for. However long a thread pauses before its
 * write, it is either stopped or waited for. Thread-safe, never waits.
 */
public final class WriteFence {
  private static final int SHUT = Integer.MIN_VALUE;

  private final Cancellation leaseLost;

  /** Writes being made, and {@link #SHUT}. */
  private final AtomicInteger state = new AtomicInteger();

  /**
   * Open.
   *
   * @param leaseLost whether our delta lease is too old, or no longer ours, for a write to begin
   */
  public WriteFence(Cancellation leaseLost) {
    this.leaseLost = leaseLost;
  }

  /** Right before a write: whether it may be made; then {@link #leave} must follow. */
  public boolean enter() {
    if ((state.getAndUpdate(now -> (now & SHUT) == 0 ? now + 1 : now) & SHUT) != 0) {
      return false;
    }
    // Asked after we were counted: whoever shuts the fence from now on waits for us.
    if (leaseLost.cancelled()) {
      leave();
      return false;
    }
    return true;
  }

  /** The write was made, or failed; after a timeout the disk knows when it settles. */
  public void leave() {
    state.decrementAndGet();
  }

  /**
   * No write begins any more.
   *
   * @return whether none is being made
   */
  public boolean shut() {
    return state.updateAndGet(now -> now | SHUT) == SHUT;
  }
}
