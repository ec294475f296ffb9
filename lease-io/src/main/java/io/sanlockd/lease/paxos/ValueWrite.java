package io.sanlockd.lease.paxos;

import io.sanlockd.lease.WriteFence;

/**
 * One write of a value block, from the wish to its end. The main loop waits for it while there is
 * time; the fence stops it when there is none. Thread-safe.
 */
public final class ValueWrite {
  private final byte[] value;
  private final WriteFence fence;
  private volatile boolean due = true;

  /**
   * Not yet begun.
   *
   * @param value one sector; not changed
   * @param fence that of the lockspace
   */
  public ValueWrite(byte[] value, WriteFence fence) {
    this.value = value;
    this.fence = fence;
  }

  byte[] value() {
    return value;
  }

  /** Right before the write: whether it may be made; then {@link #end} must follow. */
  boolean begin() {
    return fence.enter();
  }

  /** The write that had begun was made, or failed. */
  void end() {
    drop();
    fence.leave();
  }

  /** It will not be made. */
  void drop() {
    due = false;
  }

  /** Whether it is still to be made, or being made. Any thread. */
  public boolean due() {
    return due;
  }
}
