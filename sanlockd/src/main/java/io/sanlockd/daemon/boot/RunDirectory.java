package io.sanlockd.daemon.boot;

import io.sanlockd.posix.LockFile;
import io.sanlockd.posix.Users;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The run directory with socket and lock file (protocol.md 2). */
final class RunDirectory {
  private static final String DEFAULT = "/run/sanlock";

  private final String path;

  private RunDirectory(String path) {
    this.path = path;
  }

  /** A directory by its name. */
  static RunDirectory of(String path) {
    return new RunDirectory(path);
  }

  /** The directory that the environment names; set but empty means the root directory. */
  static RunDirectory fromEnvironment() {
    String named = System.getenv("SANLOCK_RUN_DIR");
    return new RunDirectory(named == null ? DEFAULT : named);
  }

  boolean isDefault() {
    return path.equals(DEFAULT);
  }

  String path() {
    return path;
  }

  /** Path of the socket; the listener cuts it if it is too long. */
  String socket() {
    return path + "/sanlock.sock";
  }

  /** Creates the directory if needed and gives it to the configured owner. */
  void create(int uid, int gid) throws IOException {
    Path directory = Path.of(path.isEmpty() ? "/" : path);
    try {
      Files.createDirectory(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    if (!path.isEmpty()) {
      Users.chown(path, uid, gid);
    }
  }

  /** Takes the lock that keeps a second daemon out. */
  LockFile lock() throws IOException {
    return LockFile.acquire(Path.of(path + "/sanlock.pid"));
  }
}
