package io.sanlockd.daemon.incarnation;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.PidFd;
import io.sanlockd.posix.PosixException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processes of this host. */
public final class KernelProcesses implements ProcessLife {
  private static final int START_FIELD_BEHIND_NAME = 19;

  @Override
  public long startTicks(int pid) {
    try {
      Path stat = Path.of("/proc", Integer.toString(pid), "stat");
      String text = new String(Files.readAllBytes(stat), StandardCharsets.ISO_8859_1);
      String[] behindName = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(behindName[START_FIELD_BEHIND_NAME]);
    } catch (IOException | RuntimeException e) {
      return -1;
    }
  }

  /** Asks the kernel, not /proc, which may hide the processes of others. */
  @Override
  public boolean gone(int pid, long startTicks) {
    try (PidFd process = PidFd.open(pid)) {
      if (process.exited()) {
        return true;
      }
      long now = startTicks(pid);
      return startTicks >= 0 && now >= 0 && now != startTicks;
    } catch (PosixException e) {
      return e.errno() == Errno.ESRCH;
    }
  }
}
