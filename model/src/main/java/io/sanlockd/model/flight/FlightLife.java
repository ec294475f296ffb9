package io.sanlockd.model.flight;

import java.util.UUID;

/**
 * One life of the daemon, from its start to its end.
 *
 * @param first sequence number of its first record; tells lives apart
 * @param startMillis when it began, milliseconds since 1970
 * @param boot boot id of the kernel it ran under; zero when unknown
 * @param pid of the daemon
 */
public record FlightLife(long first, long startMillis, UUID boot, int pid) {
  /** An unknown boot. */
  public static final UUID NO_BOOT = new UUID(0, 0);

  /** Whether both are known to have run under the same boot. */
  public boolean sameBoot(FlightLife other) {
    return !boot.equals(NO_BOOT) && boot.equals(other.boot);
  }

  /** Whether the kernel was started anew between the two, as far as is known. */
  public boolean otherBoot(FlightLife other) {
    return !boot.equals(NO_BOOT) && !other.boot.equals(NO_BOOT) && !boot.equals(other.boot);
  }
}
