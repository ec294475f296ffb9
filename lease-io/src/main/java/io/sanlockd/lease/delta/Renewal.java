package io.sanlockd.lease.delta;

import io.sanlockd.lease.disk.LeaseBuffer;
import java.util.Optional;

/**
 * Outcome of one attempt to renew a delta lease.
 *
 * @param result 1 for success, else the negative result number
 * @param message what went wrong, empty for success
 * @param image the lockspace area as read, when the read was good even if the rest failed; whoever
 *     takes the outcome closes it
 * @param readNanos duration of the read, -1 when it did not finish
 * @param writeNanos duration of the write, -1 when there was none or it failed
 */
public record Renewal(
    int result, String message, Optional<LeaseBuffer> image, long readNanos, long writeNanos) {
  /** Whether the lease was renewed. */
  public boolean succeeded() {
    return result == 1;
  }
}
