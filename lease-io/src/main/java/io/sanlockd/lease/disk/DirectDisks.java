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

  /** An opener that reports late I/O and permission problems to {@code log}. */
  public DirectDisks(LeaseLog log) {
    this.log = log;
    this.reaper = new LateIoReaper(log);
  }

  @Override
  public LeaseDisk open(String path) throws LeaseException {
    try {
      int fd =
          Fd.open(path, OpenFlags.RDWR | OpenFlags.DIRECT | OpenFlags.SYNC | OpenFlags.CLOEXEC);
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
