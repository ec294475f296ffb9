package io.sanlockd.bench;

import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Resource;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A row of lease areas on one file or device, shared by both daemons; removed when closed. */
final class Storage implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final Path ZRAM_CONTROL = Path.of("/sys/class/zram-control");

  private final StorageKind kind;
  private final Path path;
  private final Closeable removal;

  private Storage(StorageKind kind, Path path, Closeable removal) {
    this.kind = kind;
    this.path = path;
    this.removal = removal;
  }

  /**
   * Creates storage of zeros.
   *
   * @param directory gets the file, except for storage in memory
   * @param areas number of lease areas
   * @throws IOException when this machine or user has no such storage
   */
  static Storage create(StorageKind kind, Path directory, int areas) throws IOException {
    long length = (long) areas * kind.geometry().alignSize();
    return switch (kind) {
      case FILE -> file(kind, directory, length);
      case TMPFS -> file(kind, MEMORY, length);
      case LOOP512, LOOP4096 -> loop(kind, directory, length);
      case ZRAM -> zram(kind, length);
    };
  }

  private static Storage file(StorageKind kind, Path directory, long length) throws IOException {
    Path file = zeroFile(directory, length);
    return new Storage(kind, file, () -> Files.delete(file));
  }

  private static Path zeroFile(Path directory, long length) throws IOException {
    Path file = Files.createTempFile(directory, "sanlockd-bench", ".disk");
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(length);
    }
    return file;
  }

  private static Storage loop(StorageKind kind, Path directory, long length) throws IOException {
    Path file = zeroFile(directory, length);
    try {
      String sector = Integer.toString(kind.geometry().sectorSize());
      String device =
          Shell.run("losetup", "--direct-io=on", "-f", "--show", "-b", sector, file.toString());
      return new Storage(
          kind,
          Path.of(device),
          () -> {
            Shell.run("losetup", "-d", device);
            Files.delete(file);
          });
    } catch (IOException e) {
      Files.delete(file);
      throw e;
    }
  }

  private static Storage zram(StorageKind kind, long length) throws IOException {
    String number = Files.readString(ZRAM_CONTROL.resolve("hot_add")).strip();
    Path settings = Path.of("/sys/block/zram" + number);
    Files.writeString(settings.resolve("disksize"), Long.toString(length));
    return new Storage(
        kind,
        Path.of("/dev/zram" + number),
        () -> {
          Files.writeString(settings.resolve("reset"), "1");
          Files.writeString(ZRAM_CONTROL.resolve("hot_remove"), number);
        });
  }

  /** The lockspace of an area, seen from a host. */
  Lockspace lockspace(String name, int hostId, int area) {
    return new Lockspace(
        LeaseName.of(name),
        hostId,
        kind.geometry().apiFlags(),
        new Disk(path.toString(), at(area)));
  }

  /** The lease of an area. */
  Resource lease(String lockspace, String name, int area) {
    Disk disk = new Disk(path.toString(), at(area));
    return Resource.on(LeaseName.of(lockspace), LeaseName.of(name), List.of(disk))
        .withFlags(kind.geometry().apiFlags());
  }

  private long at(int area) {
    return (long) area * kind.geometry().alignSize();
  }

  @Override
  public void close() throws IOException {
    removal.close();
  }
}
