package io.sanlockd.daemon.work;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where disk I/O for requests happens, and a timer. A request that has to wait for something other
 * than a disk holds no worker: it is parked with {@link #later}. All results come back on the main
 * loop. Thread-safe.
 */
public interface Workers {
  /**
   * Runs the first piece of work of a new request.
   *
   * @return false, and nothing runs, when too many pieces are waiting already; the request is to be
   *     refused with -12 (ENOMEM)
   */
  <T> boolean offer(Supplier<T> work, Consumer<T> then);

  /** Runs work that belongs to a request already begun, {@code then} with its result. */
  <T> void run(Supplier<T> work, Consumer<T> then);

  /**
   * Runs work that nobody waits for, such as the release of a dead process's leases, on threads of
   * its own so that it never delays a request.
   */
  <T> void runInBackground(Supplier<T> work, Consumer<T> then);

  /** Runs {@code action} on the main loop after a delay. */
  void later(long delayNanos, Runnable action);

  /** Whether no work is waiting, running or about to hand in its result. Main loop only. */
  boolean idle();
}
