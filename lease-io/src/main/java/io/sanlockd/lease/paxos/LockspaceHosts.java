package io.sanlockd.lease.paxos;

import io.sanlockd.lease.HostTable;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.LeaderRecord;

/**
 * What a resource lease needs of its lockspace: proof that other hosts are alive or dead.
 * Thread-safe.
 */
public interface LockspaceHosts {
  /** What renewals have seen of the other hosts. */
  HostTable hosts();

  /**
   * Reads the delta lease of a host from disk, now.
   *
   * @throws LeaseException -241 unknown lockspace, a verification code or an I/O error
   */
  LeaderRecord readDelta(long hostId) throws LeaseException;
}
