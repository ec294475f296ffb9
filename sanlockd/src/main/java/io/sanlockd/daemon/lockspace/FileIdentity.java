package io.sanlockd.daemon.lockspace;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.FileStatus;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;

/** Device and inode of a file, number of a block device. */
public final class FileIdentity implements StorageIdentity {
  @Override
  public Object of(String path) throws LeaseException {
    try {
      // For reading only: the end of a writer makes udev look at the device again.
      int fd = Fd.open(path, OpenFlags.RDONLY | OpenFlags.CLOEXEC);
      try {
        return FileStatus.of(fd).identity();
      } finally {
        Fd.close(fd);
      }
    } catch (PosixException e) {
      throw new LeaseException(-e.errno(), e.getMessage());
    }
  }
}
