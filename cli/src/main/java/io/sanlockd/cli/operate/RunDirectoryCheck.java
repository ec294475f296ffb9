package io.sanlockd.cli.operate;

import io.sanlockd.client.DaemonVersion;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Run directory, socket and lock file, and whether a daemon answers (protocol.md 2). */
final class RunDirectoryCheck {
  private final Checkup checkup;
  private final SanlockClient client;
  private final Path directory;
  private final Path socket;

  RunDirectoryCheck(Checkup checkup, SanlockClient client) {
    this.checkup = checkup;
    this.client = client;
    this.socket = Path.of(client.endpoint().socketPath());
    this.directory = Optional.ofNullable(socket.getParent()).orElse(Path.of("/"));
  }

  /** What the daemon holds; empty when none answers. */
  Optional<DaemonView> run() {
    checkup.section("run directory");
    if (!Files.isDirectory(directory)) {
      checkup.add(
          Severity.ERROR,
          directory.toString(),
          "is no directory; the daemon makes it, or set SANLOCK_RUN_DIR");
      return Optional.empty();
    }
    permissions(directory);
    Optional<DaemonView> view = daemon();
    lockFile(view.isPresent());
    return view;
  }

  private void permissions(Path path) {
    try {
      PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class);
      String who =
          PosixFilePermissions.toString(attributes.permissions())
              + " of "
              + attributes.owner()
              + ":"
              + attributes.group();
      if (attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
        checkup.add(
            Severity.ERROR,
            path.toString(),
            who + ": everybody may write; remove the permission with chmod o-w");
      } else {
        checkup.ok(path.toString(), who);
      }
    } catch (IOException e) {
      checkup.add(Severity.WARNING, path.toString(), "permissions can not be read: " + e);
    }
  }

  private Optional<DaemonView> daemon() {
    if (!Files.exists(socket)) {
      checkup.add(
          Severity.ERROR,
          socket.toString(),
          "is missing: no daemon runs here; start 'sanlock daemon'");
      return Optional.empty();
    }
    permissions(socket);
    try {
      DaemonVersion version = client.version();
      DaemonView view = DaemonView.read(client);
      checkup.ok(
          "daemon",
          "answers as host "
              + view.hostName().orElse("without name")
              + ", version "
              + (version.number() >>> 24)
              + "."
              + (version.number() >>> 16 & 0xff)
              + "."
              + (version.number() >>> 8 & 0xff));
      return Optional.of(view);
    } catch (SanlockException e) {
      checkup.add(Severity.ERROR, "daemon", "does not answer: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void lockFile(boolean daemonAnswers) {
    Path lock = directory.resolve("sanlock.pid");
    Optional<Long> pid = pid();
    if (pid.isEmpty()) {
      Severity severity = daemonAnswers ? Severity.WARNING : Severity.NOTE;
      checkup.add(severity, lock.toString(), "names no process");
    } else if (ProcessHandle.of(pid.get()).isPresent()) {
      checkup.ok(lock.toString(), "process " + pid.get() + " runs");
    } else {
      checkup.add(
          daemonAnswers ? Severity.WARNING : Severity.NOTE,
          lock.toString(),
          "process "
              + pid.get()
              + " does not run (any more, or in this container); a new daemon takes the lock over");
    }
  }

  /** The process that the lock file names. */
  Optional<Long> pid() {
    try {
      String text =
          Files.readString(directory.resolve("sanlock.pid"), StandardCharsets.ISO_8859_1).strip();
      return Optional.of(Long.valueOf(text));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
