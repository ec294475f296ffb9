package io.sanlockd.daemon.event;

import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;

/**
 * Hears what happens in the daemon. Any thread, also renewal threads and the main loop while it
 * stops processes: a listener never waits, never throws, and when it is told allocates nothing and
 * needs no class that was not used before.
 */
@FunctionalInterface
public interface DaemonEvents {
  /** Nobody hears. */
  DaemonEvents NONE = (kind, lockspace, subject, a, b, c) -> {};

  /**
   * Something happens, or is about to: see the kind, which also says what the numbers are.
   *
   * @param lockspace empty when it is about none
   * @param subject immutable; its text is asked for later, on another thread. "" for nothing
   */
  void happened(EventKind kind, LeaseName lockspace, Object subject, long a, long b, long c);

  /** Without a subject. */
  default void happened(EventKind kind, LeaseName lockspace, long a, long b) {
    happened(kind, lockspace, "", a, b, 0);
  }

  /** About no lockspace. */
  default void happened(EventKind kind, long a) {
    happened(kind, LeaseName.EMPTY, "", a, 0, 0);
  }
}
