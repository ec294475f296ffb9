package io.sanlockd.it;

import io.sanlockd.it.fault.FaultFile;
import io.sanlockd.model.testing.Skip;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Shared storage of a test: a file, or a loop device over it. Lease areas are 1 MiB: the lockspace
 * is the first, resources follow.
 */
final class Storage implements AutoCloseable {
  /** Length of a lease area in bytes. */
  static final int AREA = 1 << 20;

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Path file;
  private final Path path;
  private final int sectorSize;
  private final Closeable device;

  private Storage(Path file, Path path, int sectorSize, Closeable device) {
    this.file = file;
    this.path = path;
    this.sectorSize = sectorSize;
    this.device = device;
  }

  /** What storage can be. */
  enum Kind {
    /** A file; leases with 512-byte sectors. */
    FILE,
    /** A loop device with 512-byte sectors. */
    LOOP_512,
    /** A loop device with 4096-byte sectors. */
    LOOP_4096
  }

  /** Creates storage of {@code areas} zero areas; skips the test when the kind is not possible. */
  static Storage create(Kind kind, Path directory, int areas) throws IOException {
    Path file = zeroFile(directory, areas);
    return switch (kind) {
      case FILE -> new Storage(file, file, 512, () -> {});
      case LOOP_512 -> loop(file, 512);
      case LOOP_4096 -> loop(file, 4096);
    };
  }

  /** A file that misbehaves on command, see {@link #fault}; skips the test where not possible. */
  static Storage createFaulty(Path directory, int areas) throws IOException {
    if (!Ids.isRoot() || !FaultFile.isPossible()) {
      Skip.because("a FUSE file needs root and /dev/fuse");
    }
    Path file = zeroFile(directory, areas);
    FaultFile fault = FaultFile.mount(Files.createTempDirectory(directory, "fuse"), file);
    return new Storage(file, fault.path(), 512, fault);
  }

  private static Path zeroFile(Path directory, int areas) throws IOException {
    Path file = Files.createTempFile(directory, "disk", "");
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength((long) areas * AREA);
    }
    return file;
  }

  private static Storage loop(Path file, int sectorSize) throws IOException {
    if (!Ids.isRoot()) {
      Skip.because("loop devices need root");
    }
    Command.Result result =
        Command.run(
            List.of("losetup", "-f", "--show", "-b", Integer.toString(sectorSize), file.toString()),
            Map.of(),
            LIMIT);
    if (result.exit() != 0) {
      Skip.because("no loop device with sectors of " + sectorSize + ": " + result.err().strip());
    }
    Path device = Path.of(result.out().strip());
    return new Storage(file, device, sectorSize, () -> detachLoop(device));
  }

  /** What daemons open. */
  Path path() {
    return path;
  }

  int sectorSize() {
    return sectorSize;
  }

  /** The lockspace string of a host. */
  String lockspace(String name, int hostId) {
    return name + ":" + hostId + ":" + path + ":0";
  }

  /** The resource string of the lease in an area, 1 or higher. */
  String resource(String lockspace, String name, int area) {
    return lockspace + ":" + name + ":" + path + ":" + (long) area * AREA;
  }

  /** The options that give the sizes to init. */
  String[] sizeOptions() {
    return new String[] {"-Z", Integer.toString(sectorSize), "-A", "1M"};
  }

  /** Reads bytes as they are in the file; for a loop device only after its last use. */
  ByteBuffer read(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
      access.seek(offset);
      access.readFully(bytes);
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Overwrites bytes of the file. */
  void write(long offset, ByteBuffer bytes) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.getChannel().write(bytes.rewind(), offset);
    }
  }

  /** Takes all of the file away: reads end behind its end. */
  void truncate() throws IOException {
    resize(0);
  }

  /** Sets the length of the file. */
  void resize(int areas) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength((long) areas * AREA);
    }
  }

  /** Makes a loop device larger while it is used. */
  void grow(int areas) throws IOException {
    resize(areas);
    Command.run(List.of("losetup", "-c", path.toString()), Map.of(), LIMIT).succeeded();
  }

  byte[] allBytes() throws IOException {
    return Files.readAllBytes(file);
  }

  /** What makes the storage fail; only of storage made by {@link #createFaulty}. */
  FaultFile fault() {
    return (FaultFile) device;
  }

  private static void detachLoop(Path device) throws IOException {
    Command.run(List.of("losetup", "-d", device.toString()), Map.of(), LIMIT).succeeded();
  }

  @Override
  public void close() throws IOException {
    device.close();
  }
}
