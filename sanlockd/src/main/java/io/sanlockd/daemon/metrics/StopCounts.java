package io.sanlockd.daemon.metrics;

import io.sanlockd.posix.Signals;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Attempts to stop processes. Recording is part of the kill path. Any thread. */
public final class StopCounts {
  /** How a process is told to stop. */
  public enum Means {
    /** Its kill program is started. */
    KILLPATH,
    /** SIGTERM. */
    SIGTERM,
    /** SIGKILL. */
    SIGKILL
  }

  /** Filled by the constructor and not changed after that. */
  private final Map<Means, AtomicLong> onTheirWay = new EnumMap<>(Means.class);

  private final Map<Means, AtomicLong> failed = new EnumMap<>(Means.class);

  /** Nothing was attempted yet. */
  public StopCounts() {
    for (Means means : Means.values()) {
      onTheirWay.put(means, new AtomicLong());
      failed.put(means, new AtomicLong());
    }
  }

  /**
   * Counts an attempt.
   *
   * @param result 0 when it got on its way, else a negative errno
   */
  public void attempted(Means means, int result) {
    (result == 0 ? onTheirWay : failed).get(means).incrementAndGet();
  }

  /**
   * Counts a signal, SIGTERM or SIGKILL.
   *
   * @param result 0 when it got on its way, else a negative errno
   */
  public void signalled(int signal, int result) {
    attempted(signal == Signals.TERM ? Means.SIGTERM : Means.SIGKILL, result);
  }

  /** How many attempts there were. */
  public long count(Means means, boolean onItsWay) {
    return (onItsWay ? onTheirWay : failed).get(means).get();
  }
}
