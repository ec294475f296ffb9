package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import java.nio.ByteBuffer;

/** A real device, driven by ioctl (wdmd.md 6). */
final class KernelWatchdog implements WatchdogDevice {
  // The same on x86-64 and aarch64.
  private static final long KEEPALIVE = 0x80045705L;
  private static final long SET_TIMEOUT = 0xC0045706L;
  private static final long GET_TIMEOUT = 0x80045707L;
  private static final byte MAGIC = 'V';

  private final String path;
  private final WatchdogFacts facts;
  private final ByteBuffer magic = ByteBuffer.allocateDirect(1).put(0, MAGIC);
  private int fd = -1;

  KernelWatchdog(String path, WatchdogFacts facts) {
    this.path = path;
    this.facts = facts;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int open() {
    if (fd >= 0) {
      return -Errno.EBUSY;
    }
    try {
      fd = Fd.open(path, OpenFlags.WRONLY | OpenFlags.CLOEXEC);
      return 0;
    } catch (PosixException e) {
      return -e.errno();
    }
  }

  @Override
  public int timeout() {
    return Fd.ioctlGet(fd, GET_TIMEOUT);
  }

  @Override
  public int setTimeout(int seconds) {
    return Fd.ioctlSet(fd, SET_TIMEOUT, seconds);
  }

  @Override
  public int ping() {
    return Fd.ioctlSet(fd, KEEPALIVE, 0);
  }

  @Override
  public int disarm() {
    return Math.min(0, Fd.write(fd, magic.clear()));
  }

  @Override
  public void close() {
    Fd.close(fd);
    fd = -1;
  }

  @Override
  public boolean noWayOut() {
    return facts.noWayOut(path);
  }
}
