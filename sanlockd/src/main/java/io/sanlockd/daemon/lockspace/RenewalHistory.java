package io.sanlockd.daemon.lockspace;

import java.util.ArrayDeque;
import java.util.List;

/** The last renewals of a lockspace (lockspace.md 12). Thread-safe. */
public final class RenewalHistory {
  private static final int TIMED_OUT = -202;

  private final int size;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  /**
   * One renewal.
   *
   * @param timestamp monotonic seconds
   * @param nextTimeouts attempts that timed out after it, before the next success
   * @param nextErrors attempts that failed otherwise
   */
  public record Entry(
      long timestamp, int readMillis, int writeMillis, int nextTimeouts, int nextErrors) {}

  /**
   * An empty history.
   *
   * @param size number of renewals kept, 0 = none
   */
  RenewalHistory(int size) {
    this.size = size;
  }

  synchronized void success(long timestamp, int readMillis, int writeMillis) {
    if (size <= 0) {
      return;
    }
    if (entries.size() == size) {
      entries.removeFirst();
    }
    entries.addLast(new Entry(timestamp, readMillis, writeMillis, 0, 0));
  }

  synchronized void failure(int result) {
    Entry last = entries.pollLast();
    if (last == null) {
      return;
    }
    boolean timeout = result == TIMED_OUT;
    entries.addLast(
        new Entry(
            last.timestamp,
            last.readMillis,
            last.writeMillis,
            last.nextTimeouts + (timeout ? 1 : 0),
            last.nextErrors + (timeout ? 0 : 1)));
  }

  /** The renewals kept, oldest first. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }
}
