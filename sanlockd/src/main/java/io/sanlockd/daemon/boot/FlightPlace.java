package io.sanlockd.daemon.boot;

import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.posix.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where the flight record lies: on local storage that survives a reset, which the run directory
 * usually does not.
 *
 * @param file the file
 * @param mayMakeDirectory whether its directory is ours to make
 */
record FlightPlace(Path file, boolean mayMakeDirectory) {
  /** The configured one, or the default for a run directory. */
  static FlightPlace of(Optional<Path> configured, RunDirectory runDirectory) {
    return configured
        .map(file -> new FlightPlace(file, false))
        .orElseGet(
            () ->
                new FlightPlace(
                    Path.of(FlightLayout.defaultFile(runDirectory.path())),
                    runDirectory.isDefault()));
  }

  /**
   * Makes the directory when it is missing and ours to make, and gives it to an owner; as long as
   * this process may do that. That it fails shows when the file is opened.
   */
  void createDirectory(int uid, int gid) {
    Path directory = file.getParent();
    if (!mayMakeDirectory || Files.exists(directory)) {
      return;
    }
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
      Users.chown(directory.toString(), uid, gid);
    } catch (IOException e) {
      // Said by the thread that opens the file.
    }
  }
}
