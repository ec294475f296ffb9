package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;

/**
 * One open file or block device that holds lease areas. Every I/O moves whole sectors, is direct
 * and, for writes, durable when it returns. Offsets are bytes from the start of the device, lengths
 * multiples of the sector size. Thread-safe.
 *
 * <p>Errors: {@link LeaseException} with -90 for a short transfer, the negative errno of a failed
 * I/O, -2 when too many timed-out I/Os are still outstanding, and {@link IoTimeoutException} (-202)
 * when an I/O did not finish in time and is still in flight.
 */
public interface LeaseDisk extends AutoCloseable {
  /** The path it was opened by. */
  String path();

  /** Logical sector size of the storage in bytes: 512 for a regular file. */
  int storageSectorSize();

  /** A zeroed buffer for {@link #write}; -12 when too much memory is in use for buffers. */
  LeaseBuffer buffer(int length) throws LeaseException;

  /**
   * Reads {@code length} bytes.
   *
   * @return a buffer that the caller closes
   */
  LeaseBuffer read(long offset, int length, long timeoutNanos) throws LeaseException;

  /**
   * Writes the whole buffer as one I/O and takes it over: after the call, however it ends, the
   * buffer is no longer the caller's. After an {@link IoTimeoutException} the write may still land
   * at any later time.
   */
  void write(long offset, LeaseBuffer buffer, long timeoutNanos) throws LeaseException;

  /** Whether no write of ours to any part of this range is in flight. */
  boolean settled(long offset, long length);

  /** Closes the file once the last I/O in flight has ended; returns at once. */
  @Override
  void close();
}
