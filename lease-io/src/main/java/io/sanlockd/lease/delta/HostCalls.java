package io.sanlockd.lease.delta;

import java.util.List;

/**
 * What other hosts want from us according to one image of the lockspace area (lockspace.md 9, 10).
 *
 * @param requests the hosts whose notification for us was newly accepted: somebody there wants a
 *     lease of ours
 * @param events the events for us, each again with every renewal of its sender
 */
public record HostCalls(List<Long> requests, List<Event> events) {
  /** Nobody wants anything. */
  public static final HostCalls NONE = new HostCalls(List.of(), List.of());

  /**
   * An event as its sender wrote it.
   *
   * @param fromHostId owner_id of the sender's record
   * @param fromGeneration generation of the sender
   * @param generation of the host the event is for, as the sender knows it
   * @param event event bits, not 0
   * @param data opaque
   */
  public record Event(
      long fromHostId, long fromGeneration, long generation, long event, long data) {}

  /** Whether nobody wants anything. */
  public boolean isEmpty() {
    return requests.isEmpty() && events.isEmpty();
  }
}
