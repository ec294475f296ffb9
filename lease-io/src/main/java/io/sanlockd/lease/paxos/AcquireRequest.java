package io.sanlockd.lease.paxos;

/**
 * How a lease is wanted.
 *
 * @param shared shared instead of exclusive
 * @param wantedVersion only this lease version; 0 = any
 * @param newNumHosts number of host blocks in use from now on; 0 = unchanged
 * @param ownerNoWait refuse instead of waiting until a silent owner is certainly dead
 */
public record AcquireRequest(
    boolean shared, long wantedVersion, int newNumHosts, boolean ownerNoWait) {
  /** An exclusive lease of any version. */
  public static final AcquireRequest EXCLUSIVE = new AcquireRequest(false, 0, 0, false);
}
