package io.sanlockd.daemon.resource;

import io.sanlockd.daemon.work.Workers;

/**
 * Where an operation waits without a worker: for a time, or until somebody has a reason to wake it
 * early. Main loop only.
 */
final class Parking {
  private final Workers workers;
  private Runnable resume;
  private long stay;

  Parking(Workers workers) {
    this.workers = workers;
  }

  /** Waits, then goes on; nothing else may be waiting. */
  void park(long nanos, Runnable action) {
    resume = action;
    long thisStay = ++stay;
    workers.later(
        nanos,
        () -> {
          if (stay == thisStay) {
            wake();
          }
        });
  }

  /** Ends the wait, if there is one. */
  void wake() {
    Runnable action = resume;
    if (action != null) {
      resume = null;
      stay++;
      action.run();
    }
  }
}
