package io.sanlockd.lease;

import java.util.Optional;

/**
 * Knowledge about the other hosts of a lockspace, gathered by our renewals. It is as old as our
 * last good renewal read, so by itself it can prove that a host is alive but never that it is dead.
 * Thread-safe.
 */
@FunctionalInterface
public interface HostTable {
  /** A table that has seen nothing. */
  HostTable EMPTY = hostId -> Optional.empty();

  /** What is known of a host; empty when it was never looked at or does not exist. */
  Optional<HostView> view(long hostId);
}
