package io.sanlockd.daemon.log;

import io.sanlockd.lease.Clock;
import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.FileStatus;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file that lines are appended to. When its name leads to another file or to none, because it was
 * rotated, it is opened anew; until that works the old one is used on. One thread at a time.
 */
final class LogFile implements AutoCloseable {
  private static final int CLOSED = -1;
  private static final int LINE_BYTES = 1024;

  /** Between two attempts to open it: one who has given up root perhaps never may. */
  private static final int RETRY_SECONDS = 10;

  private final String path;
  private final Clock clock;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LINE_BYTES);
  private int fd = CLOSED;
  private long retrySeconds;

  /** Opens or creates the file, silently without one while that fails. */
  LogFile(Path path, Clock clock) {
    this.path = path.toString();
    this.clock = clock;
    open();
  }

  /**
   * Appends a line.
   *
   * @param line at most 1024 bytes
   * @return 0, also when there is no file, or a negative errno
   */
  int write(byte[] line) {
    if (clock.seconds() >= retrySeconds && !current()) {
      open();
    }
    if (fd == CLOSED) {
      return 0;
    }
    buffer.clear().put(line).flip();
    while (buffer.hasRemaining()) {
      int count = Fd.write(fd, buffer);
      if (count <= 0) {
        return count < 0 ? count : -Errno.EIO;
      }
    }
    return 0;
  }

  /** Whether the name still leads to the file that is open. */
  private boolean current() {
    if (fd == CLOSED) {
      return false;
    }
    try {
      int named = Fd.open(path, OpenFlags.PATH | OpenFlags.CLOEXEC);
      try {
        return FileStatus.of(named).identity().equals(FileStatus.of(fd).identity());
      } finally {
        Fd.close(named);
      }
    } catch (PosixException e) {
      return false;
    }
  }

  private void open() {
    int flags = OpenFlags.WRONLY | OpenFlags.CREATE | OpenFlags.APPEND | OpenFlags.CLOEXEC;
    try {
      int opened = Fd.open(path, flags);
      close();
      fd = opened;
    } catch (PosixException e) {
      retrySeconds = clock.seconds() + RETRY_SECONDS;
    }
  }

  @Override
  public void close() {
    if (fd != CLOSED) {
      Fd.close(fd);
      fd = CLOSED;
    }
  }
}
