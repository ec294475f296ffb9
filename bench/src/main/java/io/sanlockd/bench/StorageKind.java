package io.sanlockd.bench;

import io.sanlockd.model.Geometry;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the storage of the leases is. Everything is opened with direct I/O by both daemons. */
enum StorageKind {
  /** A file on the file system of the work directory; sectors of 512 bytes. */
  FILE(Geometry.S512_A1M),
  /** A loop device with sectors of 512 bytes over such a file. */
  LOOP512(Geometry.S512_A1M),
  /** A loop device with sectors of 4096 bytes. */
  LOOP4096(Geometry.S4096_A8M),
  /** A file in memory; sectors of 512 bytes. */
  TMPFS(Geometry.S512_A1M),
  /** A compressed block device in memory; sectors of 4096 bytes. */
  ZRAM(Geometry.S4096_A8M);

  private final Geometry geometry;

  StorageKind(Geometry geometry) {
    this.geometry = geometry;
  }

  /** Sizes of the lease areas on it: those both programs choose by themselves. */
  Geometry geometry() {
    return geometry;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind of that name.
   *
   * @throws IllegalArgumentException naming all kinds
   */
  static StorageKind named(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equals(label))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown storage " + label + ", there are " + labels()));
  }

  private static String labels() {
    return Arrays.stream(values()).map(StorageKind::label).collect(Collectors.joining(", "));
  }
}
