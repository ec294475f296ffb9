package io.sanlockd.lease.area;

import io.sanlockd.lease.format.LeaderRecord;
import java.util.List;

/**
 * Who holds a lease according to the disk; nobody is asked whether the holders are alive
 * (paxos-lease.md 24).
 *
 * @param leader the leader record
 * @param shared whether any host has its SHARED flag set
 * @param owners the exclusive owner, if any, then the shared holders by host_id
 */
public record LeaseOwners(LeaderRecord leader, boolean shared, List<Owner> owners) {
  /**
   * One holder.
   *
   * @param timestamp the leader's for an exclusive owner, 0 for a shared holder
   */
  public record Owner(long hostId, long generation, long timestamp) {}
}
