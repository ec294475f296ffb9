package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.Pause;

/** Tells a renewal thread to end, and ends its sleep. Thread-safe. */
public interface StopSignal extends Cancellation, Pause {
  /** From now on cancelled, and no sleep lasts any longer. */
  void stop();
}
