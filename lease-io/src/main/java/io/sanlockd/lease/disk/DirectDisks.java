package io.sanlockd.lease.disk;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.FileStatus;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;

/** Opens real files and devices. One per process: they share buffers and AIO slots. Thread-safe. */
public final class DirectDisks implements DiskOpener {
  private final LeaseBufferPool buffers = new LeaseBufferPool();
  private final AioSlots slots = new AioSlots(KernelIo::open);
  private final LateIoReaper reaper;
  private final LeaseLog log;
  private final int access;

  /** An opener that reports late I/O and permission problems to {@code log}. */
  public DirectDisks(LeaseLog log) {
    this(log, OpenFlags.RDWR);
  }

  private DirectDisks(LeaseLog log, int access) {
    this.log = log;
    this.access = access;
    this.reaper = new LateIoReaper(log);
  }

  /** An opener of disks that can not be written: the kernel refuses it with -9. */
  public static DirectDisks readOnly(LeaseLog log) {
    return new DirectDisks(log, OpenFlags.RDONLY);
  }

  /** How many I/Os have not ended within their time limit. Any thread; takes no lock. */
  public long timeouts() {
    return reaper.watched();
  }

  /** How many of those the kernel has still not ended. Any thread; takes no lock. */
  public int late() {
    return reaper.late();
  }

  @Override
  public LeaseDisk open(String path) throws LeaseException {
    try {
      int fd = Fd.open(path, access | OpenFlags.DIRECT | OpenFlags.SYNC | OpenFlags.CLOEXEC);
      try {
        int sectorSize = FileStatus.of(fd).sectorBytes();
        return new DirectLeaseDisk(path, fd, sectorSize, buffers, slots, reaper);
      } catch (PosixException e) {
        Fd.close(fd);
        throw e;
      }
    } catch (PosixException e) {
      if (e.errno() == Errno.EACCES) {
        log.error("open error -13 EACCES: no permission to open " + path);
      }
      throw new LeaseException(-e.errno(), e.getMessage());
    }
  }
}
