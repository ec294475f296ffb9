package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.Errno;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.LockFile;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.UnixSockets;
import io.sanlockd.posix.Users;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Run directory, lock file, socket and crash marker (wdmd.md 2).
 *
 * <p>The marker exists from start to clean end. A wdmd that finds one does not start: it would open
 * the device, ping it and so cancel the reset that the death of the other one has made due.
 */
final class RunFiles {
  private static final Path DEFAULT = Path.of("/run/wdmd");
  private static final String MARKER = "/dev/shm/wdmd";
  private static final int BACKLOG = 128;

  private final Path directory;
  private final Path marker;

  private RunFiles(Path directory, Path marker) {
    this.directory = directory;
    this.marker = marker;
  }

  /**
   * The files of this machine's wdmd, or with WDMD_RUN_DIR those of another one for tests, with a
   * marker of its own.
   */
  static RunFiles fromEnvironment() {
    String named = System.getenv("WDMD_RUN_DIR");
    return named == null || named.isEmpty() ? of(DEFAULT) : of(Path.of(named));
  }

  /** The files of a run directory. */
  static RunFiles of(Path directory) {
    String suffix = directory.equals(DEFAULT) ? "" : directory.toString().replace('/', '.');
    return new RunFiles(directory, Path.of(MARKER + suffix));
  }

  Path socket() {
    return directory.resolve("wdmd.sock");
  }

  Path marker() {
    return marker;
  }

  private Path pidFile() {
    return directory.resolve("wdmd.pid");
  }

  /** Makes the directory if needed and takes the lock that keeps a second daemon out. */
  LockFile lock() throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    return LockFile.acquire(pidFile());
  }

  /** Removes the lock file and gives the lock back. */
  void unlock(LockFile lock) throws IOException {
    Files.deleteIfExists(pidFile());
    lock.close();
  }

  /**
   * Makes the marker.
   *
   * @throws IOException {@code other wdmd not cleanly stopped, shm_open error 17} if there is one
   */
  void mark() throws IOException {
    try {
      int flags = OpenFlags.RDWR | OpenFlags.CREATE | OpenFlags.EXCLUSIVE | OpenFlags.CLOEXEC;
      Fd.close(Fd.open(marker.toString(), flags));
    } catch (PosixException e) {
      throw new IOException("other wdmd not cleanly stopped, shm_open error " + e.errno(), e);
    }
  }

  /** Removes the marker: nothing can be due any more. */
  void unmark() throws IOException {
    Files.deleteIfExists(marker);
  }

  /**
   * Listens at the socket, mode 0660.
   *
   * @param gid group of the socket
   * @return the listener
   */
  int listen(int gid) throws IOException {
    Files.deleteIfExists(socket());
    int fd = UnixSockets.listen(socket().toString(), BACKLOG);
    Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw----"));
    try {
      Users.chown(socket().toString(), -1, gid);
    } catch (PosixException e) {
      // Nobody but root can give files away, and only tests run without.
      if (e.errno() != Errno.EPERM || Users.effectiveUid() == 0) {
        throw e;
      }
    }
    return fd;
  }

  /** Removes the socket, at the end. */
  void removeSocket() throws IOException {
    Files.deleteIfExists(socket());
  }
}
