package io.sanlockd.it.fault;

import java.time.Duration;

/**
 * What happens to reads and writes of a part of the file from now on, until it ends. The newest
 * fault that fits an I/O decides. Made by {@link FaultFile}; thread-safe.
 */
public final class Fault implements AutoCloseable {
  /** What a fault applies to. */
  public enum Io {
    READ,
    WRITE,
    BOTH;

    boolean fits(boolean write) {
      return this == BOTH || (this == WRITE) == write;
    }
  }

  private final FaultFile file;
  private final Io io;
  private final long start;
  private final long end;
  private final int errno;
  private final Duration delay;

  private Fault(FaultFile file, Io io, long start, long end, int errno, Duration delay) {
    this.file = file;
    this.io = io;
    this.start = start;
    this.end = end;
    this.errno = errno;
    this.delay = delay;
  }

  static Fault holding(FaultFile file, Io io, long start, long end) {
    return new Fault(file, io, start, end, 0, Duration.ZERO);
  }

  static Fault failing(FaultFile file, Io io, long start, long end, int errno) {
    return new Fault(file, io, start, end, errno, Duration.ZERO);
  }

  static Fault delaying(FaultFile file, Io io, long start, long end, Duration delay) {
    return new Fault(file, io, start, end, 0, delay);
  }

  boolean fits(FileIo request) {
    return io.fits(request.write())
        && request.offset() < end
        && start < request.offset() + request.length();
  }

  /** Positive error number, or 0 when the I/O is not failed. */
  int errno() {
    return errno;
  }

  /** How long an I/O is kept, or zero when it is kept until the fault ends. */
  Duration delay() {
    return delay;
  }

  /** How many I/Os it keeps at the moment. */
  public int heldCount() {
    return file.heldCount(this);
  }

  /** Ends the fault; what it keeps fails, long after it was asked for. */
  public void failHeld(int errno) {
    file.end(this, errno);
  }

  /** Ends the fault; what it keeps is carried out now, long after it was asked for. */
  @Override
  public void close() {
    file.end(this, 0);
  }
}
