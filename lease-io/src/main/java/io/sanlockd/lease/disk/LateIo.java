package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;

/** An I/O that outlived its time limit. Its buffer belongs to the kernel until it ends. */
public interface LateIo {
  /**
   * Waits a little longer for a read.
   *
   * @return the buffer read, which the caller closes; may be claimed once
   * @throws IoTimeoutException when it is still in flight
   * @throws LeaseException when the read failed in the end
   */
  LeaseBuffer awaitRead(long timeoutNanos) throws LeaseException;

  /** Nobody will claim the result; the buffer is recycled when the I/O ends. */
  void forget();
}
