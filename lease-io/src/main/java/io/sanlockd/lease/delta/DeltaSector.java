package io.sanlockd.lease.delta;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.ResultCode;

/**
 * Reads one delta lease, ours or another host's, and verifies it (delta-lease.md 3): what it says
 * about its owner may be relied on.
 */
public final class DeltaSector {
  private DeltaSector() {}

  /**
   * Reads and verifies the delta lease of a host.
   *
   * @param caller names the step in error messages
   * @throws LeaseException a verification code, -223 also for a host_id that can not exist, -283 or
   *     -224 for one with rules of newer formats, or an I/O error
   */
  public static LeaderRecord read(
      LeaseDisk disk, LockspaceIdentity identity, long hostId, long timeoutNanos, String caller)
      throws LeaseException {
    if (hostId < 1 || hostId > identity.geometry().maxHosts()) {
      throw new LeaseException(
          ResultCode.LEADER_MAGIC,
          caller + " error: no delta lease for host_id " + hostId + " in " + identity.space());
    }
    AreaLayout layout = new AreaLayout(identity.geometry());
    long offset = identity.offset() + layout.deltaLease(hostId);
    try (LeaseBuffer sector = disk.read(offset, identity.geometry().sectorSize(), timeoutNanos)) {
      LeaderCheck.Verdict verdict = LeaderCheck.deltaForUse(sector.store(), 0, identity.space());
      if (!verdict.valid()) {
        throw new LeaseException(
            verdict.code(),
            caller
                + " error "
                + verdict.code().number()
                + " lockspace "
                + identity.space()
                + " host_id "
                + hostId
                + ": "
                + verdict.detail()
                + " "
                + disk.path());
      }
      return LeaderRecord.decode(sector.store(), 0);
    }
  }
}
