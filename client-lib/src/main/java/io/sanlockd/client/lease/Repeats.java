package io.sanlockd.client.lease;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Tells an event from its repetitions: a sender's daemon shows it in each renewal for 6 io_timeouts
 * (protocol.md 10.2), so the same event within the time between two renewals of a slow sender is
 * the same sending. One thread.
 */
final class Repeats {
  /** Above the time between two renewals at the largest usual io_timeout. */
  private static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(45);

  private static final int MAX_REMEMBERED = 1024;

  private final Map<HostNotice, Long> lastSeenNanos =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<HostNotice, Long> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /** Whether this event was not seen just before. */
  boolean isNew(HostNotice notice, long nowNanos) {
    Long before = lastSeenNanos.remove(notice);
    lastSeenNanos.put(notice, nowNanos);
    return before == null || nowNanos - before > GAP_NANOS;
  }
}
