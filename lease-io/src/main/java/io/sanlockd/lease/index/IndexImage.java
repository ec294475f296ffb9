package io.sanlockd.lease.index;

import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.model.LeaseName;
import java.util.OptionalInt;

/** The index area as read. The changes made to it are written by {@link ResourceIndex}. */
final class IndexImage implements AutoCloseable {
  static final IndexEntry FREE = new IndexEntry(0, 0, 0, LeaseName.EMPTY);

  private final LeaseBuffer buffer;
  private final IndexPlacement placement;

  IndexImage(LeaseBuffer buffer, IndexPlacement placement) {
    this.buffer = buffer;
    this.placement = placement;
  }

  IndexEntry entry(int number) {
    return IndexEntry.decode(buffer.store(), placement.entryInArea(number));
  }

  void entry(int number, IndexEntry entry) {
    entry.encode(buffer.store(), placement.entryInArea(number));
  }

  /** The first entry of this name; older indexes may have several. */
  OptionalInt find(LeaseName name) {
    for (int number = 0; number < placement.maxResources(); number++) {
      if (entry(number).name().equals(name)) {
        return OptionalInt.of(number);
      }
    }
    return OptionalInt.empty();
  }

  /** The first free entry from {@code from} on. */
  OptionalInt firstFree(int from) {
    for (int number = from; number < placement.maxResources(); number++) {
      if (entry(number).isFree()) {
        return OptionalInt.of(number);
      }
    }
    return OptionalInt.empty();
  }

  /** The bytes of the sector that holds an entry. */
  void copySector(int number, LeaseBuffer sector) {
    copy(placement.sectorInArea(number), sector);
  }

  void copyHeader(LeaseBuffer area) {
    int length = placement.geometry().sectorSize();
    area.bytes().put(buffer.bytes().limit(length));
  }

  private void copy(int from, LeaseBuffer sector) {
    sector.bytes().put(buffer.bytes().position(from).limit(from + sector.length()));
  }

  @Override
  public void close() {
    buffer.close();
  }
}
