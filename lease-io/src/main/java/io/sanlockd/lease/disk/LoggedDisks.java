package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;

/**
 * Disks that log each I/O when it is submitted, when it is complete, or both ({@code debug_io},
 * config.md 3): the task, what it does, how much, where, and the result. Thread-safe.
 */
public final class LoggedDisks implements DiskOpener {
  private static final int TASK_CHARS = 8;
  private static final int MEBIBYTE = 1 << 20;

  private final DiskOpener opener;
  private final LeaseLog log;
  private final boolean submissions;
  private final boolean completions;

  /**
   * An opener of disks that are logged.
   *
   * @param submissions whether an I/O is logged before it is begun
   * @param completions whether its end is logged
   */
  public LoggedDisks(DiskOpener opener, LeaseLog log, boolean submissions, boolean completions) {
    this.opener = opener;
    this.log = log;
    this.submissions = submissions;
    this.completions = completions;
  }

  @Override
  public LeaseDisk open(String path) throws LeaseException {
    return new LoggedDisk(opener.open(path));
  }

  /** One I/O as text. */
  private static String describe(String what, int length, long offset) {
    String name = Thread.currentThread().getName();
    String task = name.length() > TASK_CHARS ? name.substring(0, TASK_CHARS) : name;
    return task + " " + what + " " + bytes(length) + " at " + bytes(offset);
  }

  private static String bytes(long count) {
    return count != 0 && count % MEBIBYTE == 0 ? count / MEBIBYTE + "M" : Long.toString(count);
  }

  private void submitted(String io) {
    if (submissions) {
      log.debug(io);
    }
  }

  private void completed(String io, int result) {
    if (completions) {
      log.debug(io + " done " + result);
    }
  }

  private final class LoggedDisk implements LeaseDisk {
    private final LeaseDisk disk;

    LoggedDisk(LeaseDisk disk) {
      this.disk = disk;
    }

    @Override
    public String path() {
      return disk.path();
    }

    @Override
    public int storageSectorSize() {
      return disk.storageSectorSize();
    }

    @Override
    public LeaseBuffer buffer(int length) throws LeaseException {
      return disk.buffer(length);
    }

    @Override
    public LeaseBuffer read(long offset, int length, long timeoutNanos) throws LeaseException {
      String io = describe("RD", length, offset);
      submitted(io);
      try {
        LeaseBuffer buffer = disk.read(offset, length, timeoutNanos);
        completed(io, 0);
        return buffer;
      } catch (LeaseException e) {
        completed(io, e.result());
        throw e;
      }
    }

    @Override
    public void write(long offset, LeaseBuffer buffer, long timeoutNanos) throws LeaseException {
      String io = describe("WR", buffer.length(), offset);
      submitted(io);
      try {
        disk.write(offset, buffer, timeoutNanos);
        completed(io, 0);
      } catch (LeaseException e) {
        completed(io, e.result());
        throw e;
      }
    }

    @Override
    public boolean settled(long offset, long length) {
      return disk.settled(offset, length);
    }

    @Override
    public void close() {
      disk.close();
    }
  }
}
