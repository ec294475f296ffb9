package io.sanlockd.lease.paxos;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.HostTable;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.WriteFence;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;

/**
 * What a resource lease needs of its lockspace: proof that other hosts are alive or dead, and that
 * we are still among them. Thread-safe.
 */
public interface LockspaceHosts {
  /** What is known by who belongs to no lockspace: nothing, and every question fails with -241. */
  static LockspaceHosts none(LeaseName space) {
    WriteFence open = new WriteFence(Cancellation.NEVER);
    return new LockspaceHosts() {
      @Override
      public HostTable hosts() {
        return HostTable.EMPTY;
      }

      @Override
      public LeaderRecord readDelta(long hostId) throws LeaseException {
        throw new LeaseException(
            ResultCode.ACQUIRE_LOCKSPACE,
            "whether host_id " + hostId + " is alive is known only in lockspace " + space);
      }

      @Override
      public WriteFence fence() {
        return open;
      }
    };
  }

  /** What renewals have seen of the other hosts. */
  HostTable hosts();

  /**
   * Reads the delta lease of a host from disk, now.
   *
   * @throws LeaseException -241 unknown lockspace, a verification code or an I/O error
   */
  LeaderRecord readDelta(long hostId) throws LeaseException;

  /** Passed by writes to sectors that are not ours alone. */
  WriteFence fence();
}
