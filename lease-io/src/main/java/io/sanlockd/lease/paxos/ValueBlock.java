package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.model.Check;
import io.sanlockd.model.ResultCode;

/**
 * The lock value block of a lease: one sector of the users' own data on the first disk
 * (disk-format.md 9, paxos-lease.md 21). Its place is fixed; with the three smaller 4096-byte
 * geometries it lies in somebody else's lease and is never touched.
 *
 * @param replicas the lease, read before
 */
public record ValueBlock(LeaseReplicas replicas) {
  /** Whether this lease has room for a value block. */
  public boolean supported() {
    return replicas.layout().hasValueBlock();
  }

  /**
   * Reads the block.
   *
   * @return one sector
   * @throws LeaseException -22 when there is no room for it, or an I/O error
   */
  public byte[] read() throws LeaseException {
    checkSupported();
    return replicas.readFirst(replicas.layout().valueBlock());
  }

  /**
   * Writes the block, unless the fence is shut or our host_id may be lost.
   *
   * @return whether the write was made
   * @throws LeaseException -22 when there is no room for it, or an I/O error
   */
  boolean write(ValueWrite write) throws LeaseException {
    checkSupported();
    Check.argument(
        write.value().length == replicas.geometry().sectorSize(), "value is not one sector");
    if (!write.begin()) {
      return false;
    }
    try {
      replicas.writeFirst(replicas.layout().valueBlock(), write.value());
      return true;
    } finally {
      write.end();
    }
  }

  private void checkSupported() throws LeaseException {
    if (!supported()) {
      throw new LeaseException(
          ResultCode.EINVAL,
          "no room for a value block in " + replicas + " with " + replicas.geometry());
    }
  }
}
