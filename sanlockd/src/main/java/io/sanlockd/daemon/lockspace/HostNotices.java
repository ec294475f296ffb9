package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.delta.HostNotice;
import io.sanlockd.lease.format.HostBitmap;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What our renewals tell other hosts (lockspace.md 9, 10): to look for requests, and one event for
 * some of them. The main loop says what, the renewal thread fetches it. Thread-safe.
 */
public final class HostNotices {
  private final long ownHostId;
  private final int keepSeconds;

  /** When a host was last told something, in monotonic seconds; by host_id. */
  private final Map<Long, Long> requests = new HashMap<>();

  private final Map<Long, Long> eventTargets = new HashMap<>();
  private Event event = Event.NONE;
  private long eventSetSeconds;

  /**
   * An event.
   *
   * @param generation of the host it is for
   * @param bits what happened, 0 = nothing
   * @param data opaque
   */
  public record Event(long generation, long bits, long data) {
    static final Event NONE = new Event(0, 0, 0);
  }

  /**
   * Nothing to tell.
   *
   * @param keepSeconds how long the bit of a host stays set
   */
  HostNotices(long ownHostId, int keepSeconds) {
    this.ownHostId = ownHostId;
    this.keepSeconds = keepSeconds;
  }

  /** A host is to look at the requests for its leases. */
  public synchronized void request(long hostId, long nowSeconds) {
    requests.put(hostId, nowSeconds);
  }

  /** Whether another event was published so recently that this one would replace it unheard. */
  public synchronized boolean conflicts(Event wanted, long nowSeconds) {
    return event.bits != 0
        && wanted.bits != 0
        && event.bits != wanted.bits
        && nowSeconds - eventSetSeconds < keepSeconds;
  }

  /**
   * Publishes an event. One with the same bits keeps its targets and gets more; another one has
   * only the new ones, because the former targets would take it for theirs.
   *
   * @param hostIds whom it is for; ourselves do not count
   */
  public synchronized void publish(Event wanted, Iterable<Long> hostIds, long nowSeconds) {
    if (wanted.bits != event.bits) {
      eventTargets.clear();
    }
    event = wanted;
    eventSetSeconds = nowSeconds;
    for (long hostId : hostIds) {
      eventTargets.put(hostId, nowSeconds);
    }
  }

  /** Nobody is told of the event any more. */
  public synchronized void clearEvent(long nowSeconds) {
    event = Event.NONE;
    eventSetSeconds = nowSeconds;
    eventTargets.clear();
  }

  /** One host is told nothing any more. */
  public synchronized void clearHost(long hostId) {
    requests.remove(hostId);
    eventTargets.remove(hostId);
  }

  /**
   * What a renewal writes. The event goes out only while a host is told of it: a later request to
   * some other host would deliver it there.
   */
  public synchronized HostNotice current(long nowSeconds) {
    requests.values().removeIf(since -> nowSeconds - since > keepSeconds);
    eventTargets.values().removeIf(since -> nowSeconds - since > keepSeconds);
    if (requests.isEmpty() && eventTargets.isEmpty()) {
      return HostNotice.NONE;
    }
    BitSet hosts = new BitSet();
    requests.keySet().forEach(hostId -> hosts.set((int) (hostId - 1)));
    eventTargets.keySet().forEach(hostId -> hosts.set((int) (hostId - 1)));
    hosts.clear((int) (ownHostId - 1));
    Event told = eventTargets.isEmpty() ? Event.NONE : event;
    return new HostNotice(HostBitmap.of(hosts), told.generation, told.bits, told.data);
  }
}
