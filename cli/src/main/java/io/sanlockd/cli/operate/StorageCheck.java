package io.sanlockd.cli.operate;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.model.FireTimeout;
import io.sanlockd.model.Geometry;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.FileStatus;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Storage for leases: direct I/O, sector size, and how fast it is. Reads only. */
final class StorageCheck {
  private static final int MEBIBYTE = 1 << 20;
  private static final int SAMPLES = 64;
  private static final int FEWEST_SAMPLES = 3;
  private static final int PROBE_LENGTH = 4096;

  /** A slow disk shall not keep the operator waiting. */
  private static final long MEASURING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Checkup checkup;
  private final int ioTimeout;
  private final int fireTimeout;

  StorageCheck(Checkup checkup, int ioTimeout, int fireTimeout) {
    this.checkup = checkup;
    this.ioTimeout = ioTimeout;
    this.fireTimeout = fireTimeout;
  }

  void run(AreaPlace place) {
    checkup.section("storage " + place.path());
    Path path = Path.of(place.path());
    if (!Files.exists(path)) {
      checkup.add(Severity.ERROR, place.path(), "does not exist");
      return;
    }
    try {
      FileStatus status = status(place.path());
      if (status.kind() == FileStatus.Kind.OTHER) {
        checkup.add(Severity.ERROR, place.path(), "is neither a file nor a block device");
        return;
      }
      kind(place, path, status);
      if (!Files.isWritable(path)) {
        checkup.add(
            Severity.WARNING,
            place.path(),
            "this user may not write it; the daemon's user and group must be allowed to");
      }
      direct(place, status);
    } catch (PosixException e) {
      checkup.add(Severity.ERROR, place.path(), "can not be opened for reading: " + e.getMessage());
    }
  }

  private static FileStatus status(String path) throws PosixException {
    int fd = Fd.open(path, OpenFlags.RDONLY | OpenFlags.NONBLOCK | OpenFlags.CLOEXEC);
    try {
      return FileStatus.of(fd);
    } finally {
      Fd.close(fd);
    }
  }

  private void kind(AreaPlace place, Path path, FileStatus status) {
    String size = status.sizeBytes() / MEBIBYTE + "M";
    switch (status.kind()) {
      case BLOCK ->
          checkup.ok(
              place.path(),
              "block device of " + size + ", " + status.sectorBytes() + "-byte sectors");
      case REGULAR -> {
        String type = fileSystem(path).orElse("unknown");
        boolean isLocal = type.equals("tmpfs") || type.equals("overlay");
        checkup.add(
            isLocal ? Severity.WARNING : Severity.OK,
            place.path(),
            "file of "
                + size
                + " on "
                + type
                + (isLocal ? ", which no other host shares and a reboot may empty" : ""));
      }
      default -> checkup.add(Severity.ERROR, place.path(), "is neither a file nor a block device");
    }
    if (place.offset() + MEBIBYTE > status.sizeBytes()) {
      checkup.add(
          Severity.ERROR,
          place.path(),
          "is shorter than one area of 1M" + (place.offset() > 0 ? " at that offset" : ""));
    }
  }

  private static Optional<String> fileSystem(Path path) {
    try {
      return Optional.of(Files.getFileStore(path).type());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void direct(AreaPlace place, FileStatus status) {
    try (LeaseDisk disk = DirectDisks.readOnly(LeaseLog.NONE).open(place.path())) {
      boolean isReadable = place.offset() + PROBE_LENGTH <= status.sizeBytes();
      if (isReadable) {
        sectors(disk, place);
        measure(disk, place, status.sizeBytes());
      }
    } catch (LeaseException e) {
      checkup.add(
          Severity.ERROR,
          place.path(),
          "direct I/O does not work, and leases need it: " + e.getMessage());
    }
  }

  /** What is there already must fit the device. */
  private void sectors(LeaseDisk disk, AreaPlace place) throws LeaseException {
    try (LeaseBuffer probe = disk.read(place.offset(), PROBE_LENGTH, limitNanos())) {
      checkup.ok(place.path(), "direct I/O works");
      int magic = LeaderRecord.magicAt(probe.store(), 0);
      Optional<Geometry> geometry =
          magic == Magic.DELTA || magic == Magic.PAXOS
              ? LeaderRecord.decode(probe.store(), 0).geometry()
              : Optional.empty();
      if (geometry.isPresent()) {
        boolean fits = geometry.get().sectorSize() >= disk.storageSectorSize();
        checkup.add(
            fits ? Severity.OK : Severity.ERROR,
            place.path(),
            "formatted for "
                + geometry.get().sectorSize()
                + "-byte sectors"
                + (fits
                    ? ""
                    : ", which the device, whose sectors are larger, can not write alone"));
      } else {
        checkup.add(
            Severity.NOTE,
            place.path(),
            "no lease at offset " + place.offset() + " yet; 'sanlock fsck' looks at all of it");
      }
    }
  }

  private long limitNanos() {
    return TimeUnit.SECONDS.toNanos(ioTimeout);
  }

  /** Reads what a renewal reads. */
  private void measure(LeaseDisk disk, AreaPlace place, long size) throws LeaseException {
    int length = (int) Math.min(MEBIBYTE, size - place.offset()) & -PROBE_LENGTH;
    List<Long> nanos = new ArrayList<>();
    long begin = System.nanoTime();
    while (nanos.size() < SAMPLES
        && (nanos.size() < FEWEST_SAMPLES || System.nanoTime() - begin < MEASURING_NANOS)) {
      long start = System.nanoTime();
      disk.read(place.offset(), length, limitNanos()).close();
      nanos.add(System.nanoTime() - start);
    }
    Latencies latencies = Latencies.of(nanos);
    Severity severity = latencies.judge(ioTimeout);
    int least = FireTimeout.leastIoTimeoutSeconds(FireTimeout.testIntervalSeconds(fireTimeout));
    int recommended = latencies.recommended(least);
    checkup.add(
        severity,
        place.path(),
        latencies.text("reads of " + (length >> 10) + "K")
            + "; io_timeout "
            + ioTimeout
            + " s "
            + (severity == Severity.OK
                ? "has room (" + recommended + " s would be the least)"
                : "is too small: use " + recommended + " s or more, or faster storage"));
  }
}
