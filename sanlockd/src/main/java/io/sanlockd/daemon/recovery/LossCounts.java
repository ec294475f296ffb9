package io.sanlockd.daemon.recovery;

import io.sanlockd.daemon.lockspace.Lockspace;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often lockspaces were lost. A lockspace whose users end at once is gone before anybody looks
 * at its state; here it stays visible. Any thread.
 */
public final class LossCounts {
  /** Filled by the constructor and not changed after that. */
  private final Map<Lockspace.Cause, AtomicLong> counts = new EnumMap<>(Lockspace.Cause.class);

  LossCounts() {
    for (Lockspace.Cause cause : Lockspace.Cause.values()) {
      counts.put(cause, new AtomicLong());
    }
  }

  void lost(Lockspace.Cause cause) {
    counts.get(cause).incrementAndGet();
  }

  /** How many were lost for a cause. */
  public long count(Lockspace.Cause cause) {
    return counts.get(cause).get();
  }
}
