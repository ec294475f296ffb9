package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.format.FormatVersion;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.lease.format.RequestRecord;
import io.sanlockd.model.ResultCode;
import java.util.Optional;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Asks the holder of a lease to give it up, and reads such a request on the holder's side
 * (paxos-lease.md 10, 22). The record lies on the first disk and is protected by no lock: two hosts
 * that ask at once may overwrite each other, and a late write may bring an old request back. Both
 * are harmless, as a request counts only for a version after the current one.
 *
 * @param replicas the lease
 */
public record PaxosRequest(LeaseReplicas replicas) {
  /** No request. */
  public static final int NONE = 0;

  /** The holder is killed. */
  public static final int FORCE = 1;

  /** The holder's killpath program is run, or it gets SIGTERM. */
  public static final int GRACEFUL = 2;

  /**
   * Writes a request, or clears it.
   *
   * @param lver the version wanted; 0 with {@code forceMode} 0 clears the record
   * @param forceMode {@link #FORCE}, {@link #GRACEFUL} or another value, stored as given
   * @param nextLver with {@code lver} 0: the version after the current one
   * @return host_id of the owner, whose bit is to be set in our delta lease; 0 when the lease is
   *     free (then nothing is written) or the request was cleared
   * @throws LeaseException -272 version already reached, -273 a later version is requested, -270 or
   *     -271 no request record, a verification code or an I/O error
   */
  public long set(long lver, int forceMode, boolean nextLver) throws LeaseException {
    LeaderRecord leader = replicas.probe();
    boolean clear = lver == 0 && forceMode == NONE;
    if (clear) {
      readRecord();
      write(0, NONE);
      return 0;
    }
    if (leader.isFree()) {
      return 0;
    }
    long wanted = lver == 0 && nextLver ? leader.lver() + 1 : lver;
    if (Long.compareUnsigned(leader.lver(), wanted) >= 0) {
      throw new LeaseException(
          ResultCode.REQUEST_OLD,
          "version " + wanted + " of " + replicas + " requested, current is " + leader.lver());
    }
    RequestRecord found = readRecord();
    if (Long.compareUnsigned(found.lver(), wanted) > 0) {
      throw new LeaseException(
          ResultCode.REQUEST_LVER,
          "version "
              + wanted
              + " of "
              + replicas
              + " requested, already requested "
              + found.lver());
    }
    write(wanted, forceMode);
    return leader.ownerId();
  }

  /**
   * The request that the holder of a version has to answer.
   *
   * @param heldLver the version held
   * @return empty when there is none for a later version
   * @throws LeaseException -270, -271, a verification code or an I/O error
   */
  public Optional<RequestRecord> pending(long heldLver) throws LeaseException {
    replicas.probe();
    return Optional.of(readRecord())
        .filter(r -> r.forceMode() != NONE && Long.compareUnsigned(r.lver(), heldLver) > 0);
  }

  private RequestRecord readRecord() throws LeaseException {
    byte[] sector = replicas.readFirst(replicas.layout().request());
    RequestRecord record = RequestRecord.decode(BytesStore.wrap(sector), 0);
    if (record.magic() != Magic.REQUEST) {
      throw new LeaseException(
          ResultCode.REQUEST_MAGIC,
          "request record of " + replicas + " has magic " + Integer.toHexString(record.magic()));
    }
    if (!FormatVersion.sameMajor(record.version(), FormatVersion.REQUEST)) {
      throw new LeaseException(
          ResultCode.REQUEST_VERSION,
          "request record of "
              + replicas
              + " has version "
              + Integer.toHexString(record.version()));
    }
    return record;
  }

  private void write(long lver, int forceMode) throws LeaseException {
    byte[] sector = new byte[replicas.geometry().sectorSize()];
    new RequestRecord(Magic.REQUEST, FormatVersion.REQUEST, lver, forceMode)
        .encode(BytesStore.wrap(sector), 0);
    replicas.writeFirst(replicas.layout().request(), sector);
  }
}
