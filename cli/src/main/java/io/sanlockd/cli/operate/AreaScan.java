package io.sanlockd.cli.operate;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the areas of a device: a record at a multiple of 1 MiB begins one. Every such place is
 * looked at, also inside an area already found, where a valid record means that two areas overlap.
 */
final class AreaScan {
  private static final int STEP = 1 << 20;
  private static final int PROBE_LENGTH = 4096;

  /** Looked at without being told a size: a minute on slow storage. */
  static final int MOST_STEPS = 65_536;

  private final LeaseDisk disk;
  private final AreaReader reader;
  private final long timeoutNanos;
  private final List<FoundArea> areas = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  AreaScan(LeaseDisk disk, long timeoutNanos) {
    this.disk = disk;
    this.reader = new AreaReader(disk, timeoutNanos);
    this.timeoutNanos = timeoutNanos;
  }

  List<FoundArea> areas() {
    return areas;
  }

  /** What is wrong with the places of areas, and what could not be read. */
  List<Finding> findings() {
    return findings;
  }

  /** Looks at everything from {@code from} up to {@code end}. */
  void run(long from, long end) {
    long steps = (end - from) / STEP;
    if (steps == 0) {
      findings.add(
          new Finding(
              Severity.ERROR, at(from), "there is no whole area of 1M: the file is shorter"));
    }
    if (steps > MOST_STEPS) {
      findings.add(
          new Finding(
              Severity.NOTE,
              at(from + (long) MOST_STEPS * STEP),
              "what lies behind this offset was not looked at; give OFFSET and SIZE"));
      steps = MOST_STEPS;
    }
    long coveredUpTo = from;
    for (long i = 0; i < steps; i++) {
      long offset = from + i * STEP;
      try {
        coveredUpTo = look(offset, coveredUpTo, end);
      } catch (LeaseException e) {
        findings.add(new Finding(Severity.ERROR, at(offset), "can not be read: " + e.getMessage()));
      }
    }
  }

  /** The end of the areas found so far. */
  private long look(long offset, long coveredUpTo, long end) throws LeaseException {
    int magic;
    Optional<Geometry> geometry;
    boolean isValid;
    try (LeaseBuffer probe = disk.read(offset, PROBE_LENGTH, timeoutNanos)) {
      magic = LeaderRecord.magicAt(probe.store(), 0);
      if (!AreaReader.isAreaMagic(magic)) {
        return coveredUpTo;
      }
      geometry = AreaReader.geometry(probe);
    }
    if (geometry.isEmpty()) {
      findings.add(
          new Finding(
              Severity.ERROR, at(offset), "a record begins here whose sizes do not exist (-225)"));
      return coveredUpTo;
    }
    long areaEnd = offset + geometry.get().alignSize();
    if (areaEnd > end) {
      findings.add(
          new Finding(
              Severity.ERROR,
              at(offset),
              "an area of "
                  + geometry.get().alignSize() / STEP
                  + "M begins here and ends behind the end"));
      return coveredUpTo;
    }
    FoundArea area = readTwiceIfWrong(magic, offset, geometry.get());
    isValid = Finding.worst(area.findings()) != Severity.ERROR;
    if (offset < coveredUpTo) {
      findings.add(
          new Finding(
              isValid ? Severity.ERROR : Severity.WARNING,
              at(offset),
              "overlaps the area at offset "
                  + areas.get(areas.size() - 1).offset()
                  + (isValid
                      ? ": one of them was initialised over the other"
                      : "; what is left of it is not valid: remains of an older use")));
      if (!isValid) {
        return coveredUpTo;
      }
    }
    areas.add(area);
    return Math.max(coveredUpTo, areaEnd);
  }

  /** What is wrong only for a moment was being written. */
  private FoundArea readTwiceIfWrong(int magic, long offset, Geometry geometry)
      throws LeaseException {
    FoundArea area = reader.read(magic, offset, geometry);
    return Finding.worst(area.findings()) == Severity.ERROR
        ? reader.read(magic, offset, geometry)
        : area;
  }

  static String at(long offset) {
    return "offset " + offset;
  }
}
