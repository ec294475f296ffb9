package io.sanlockd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/** libvirt's lock driver plug-in for sanlock, from the Debian package libvirt-sanlock. */
final class PlugIn {
  static final String PATTERN = "/usr/lib/*/libvirt/lock-driver/sanlock.so";

  private PlugIn() {}

  /** Where it is, if it is installed. */
  static Optional<Path> path() {
    try (DirectoryStream<Path> libraries = Files.newDirectoryStream(Path.of("/usr/lib"))) {
      Iterator<Path> directories = libraries.iterator();
      while (directories.hasNext()) {
        Path plugIn = directories.next().resolve("libvirt/lock-driver/sanlock.so");
        if (Files.exists(plugIn)) {
          return Optional.of(plugIn);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
