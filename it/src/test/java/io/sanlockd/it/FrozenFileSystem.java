package io.sanlockd.it;

import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A file system of its own, on a loop device, that can be frozen: writes to it then hang. */
final class FrozenFileSystem implements AutoCloseable {
  private static final long BYTES = 64L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path mountPoint;
  private boolean frozen;

  private FrozenFileSystem(Path mountPoint) {
    this.mountPoint = mountPoint;
  }

  /** Makes and mounts one, not frozen yet; skips the test where that is not possible. */
  static FrozenFileSystem mount(Path directory) throws IOException {
    if (!Ids.isRoot()) {
      Skip.because("mounting and freezing a file system needs root");
    }
    Path image = Files.createTempFile(directory, "image", "");
    try (RandomAccessFile access = new RandomAccessFile(image.toFile(), "rw")) {
      access.setLength(BYTES);
    }
    run("mkfs.ext4", "-q", "-F", image.toString());
    Path mountPoint = Files.createTempDirectory(directory, "frozen");
    Command.Result mounted =
        Command.run(
            List.of("mount", "-o", "loop", image.toString(), mountPoint.toString()),
            Map.of(),
            LIMIT);
    if (mounted.exit() != 0) {
      Skip.because("no file system on a loop device: " + mounted.err().strip());
    }
    return new FrozenFileSystem(mountPoint);
  }

  Path directory() {
    return mountPoint;
  }

  void freeze() throws IOException {
    run("fsfreeze", "-f", mountPoint.toString());
    frozen = true;
  }

  void thaw() throws IOException {
    if (frozen) {
      run("fsfreeze", "-u", mountPoint.toString());
      frozen = false;
    }
  }

  @Override
  public void close() throws IOException {
    thaw();
    run("umount", "-l", mountPoint.toString());
  }

  private static void run(String... command) throws IOException {
    Command.run(List.of(command), Map.of(), LIMIT).succeeded();
  }
}
