package io.sanlockd.reset;

import io.sanlockd.posix.Fd;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import java.nio.ByteBuffer;

/** The kernel's sysrq. Opened in advance: when it is needed nothing more can be missing. */
final class Sysrq {
  static final String PATH = "/proc/sysrq-trigger";

  private final int fd;
  private final ByteBuffer command = ByteBuffer.allocateDirect(1).put(0, (byte) 'b');

  private Sysrq(int fd) {
    this.fd = fd;
  }

  static Sysrq open(String path) throws PosixException {
    return new Sysrq(Fd.open(path, OpenFlags.WRONLY | OpenFlags.CLOEXEC));
  }

  /** Reboots at once, without writing anything to disks. A negative errno when it can not. */
  int reboot() {
    return Math.min(0, Fd.write(fd, command.clear()));
  }
}
