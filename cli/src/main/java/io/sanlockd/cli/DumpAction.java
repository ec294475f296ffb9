package io.sanlockd.cli;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBitmap;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.IndexHeader;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.lease.format.RequestRecord;
import io.sanlockd.model.Geometry;
import java.util.Optional;

/**
 * {@code sanlock direct dump PATH[:OFFSET[:SIZE]]}: prints every lease found on a disk (cli.md
 * 8.1). Other programs read the columns by position.
 */
final class DumpAction {
  private static final int MEBIBYTE = 1 << 20;
  private static final int SPACE_WIDTH = 36;
  private static final int RESOURCE_WIDTH = 48;
  private static final int SHARED_INDENT = 106;

  private final Session session;
  private final DirectStorage storage;
  private final int detail;

  DumpAction(Session session, DirectStorage storage) {
    this.session = session;
    this.storage = storage;
    this.detail = (int) session.options().unsigned('f');
  }

  int run(String text) {
    DiskPlace place = DiskPlace.parse(text);
    if (place.offset() % MEBIBYTE != 0) {
      session.out().line("WARNING: dump offset should be a multiple of 1048576 bytes.");
    }
    LeaseDisk disk;
    try {
      disk = storage.open(place.path());
    } catch (LeaseException e) {
      session.out().line("Device " + place.path() + " not found.");
      return 1;
    }
    try (disk) {
      Optional<Geometry> geometry = sizes(disk, place);
      if (geometry.isEmpty()) {
        session.out().line("Cannot find sector_size and align_size, set with -A and -Z.");
        return 1;
      }
      printHeading();
      dump(disk, place, geometry.get());
      return 0;
    }
  }

  private Optional<Geometry> sizes(LeaseDisk disk, DiskPlace place) {
    try {
      return storage.foundSizes(disk, place);
    } catch (LeaseException e) {
      return Optional.empty();
    }
  }

  private void printHeading() {
    session
        .out()
        .line(
            right("offset", 8)
                + " "
                + right("lockspace", SPACE_WIDTH)
                + " "
                + right("resource", RESOURCE_WIDTH)
                + " "
                + right("timestamp", 10)
                + " "
                + right("own", 4)
                + " "
                + right("gen", 4)
                + " lver"
                + (detail > 0 ? "/req/mode" : ""));
  }

  private void dump(LeaseDisk disk, DiskPlace place, Geometry geometry) {
    long end = place.size() == 0 ? Long.MAX_VALUE : place.offset() + place.size();
    for (long at = place.offset(); at < end; at += geometry.alignSize()) {
      try (LeaseBuffer area = disk.read(at, geometry.alignSize(), storage.readTimeoutNanos())) {
        boolean found = dumpArea(area, at, geometry);
        if (!found && place.size() == 0) {
          return;
        }
      } catch (LeaseException e) {
        return;
      }
    }
  }

  private boolean dumpArea(LeaseBuffer area, long at, Geometry geometry) {
    switch (LeaderRecord.magicAt(area.store(), 0)) {
      case Magic.DELTA -> dumpLockspace(area, at, geometry);
      case Magic.PAXOS -> dumpResource(area, at, geometry);
      case Magic.INDEX -> dumpIndex(area, at);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void dumpLockspace(LeaseBuffer area, long at, Geometry geometry) {
    AreaLayout layout = new AreaLayout(geometry);
    for (long hostId = 1; hostId <= geometry.maxHosts(); hostId++) {
      long offset = layout.deltaLease(hostId);
      LeaderRecord leader = LeaderRecord.decode(area.store(), offset);
      if (leader.ownerId() == 0 && leader.ownerGeneration() == 0) {
        continue;
      }
      StringBuilder line = columns(at + offset, leader);
      for (int other = 1; detail > 0 && other <= geometry.maxHosts(); other++) {
        if (HostBitmap.isSet(area.store(), offset, other)) {
          line.append(' ').append(other);
        }
      }
      session.out().line(line.toString());
    }
  }

  private void dumpResource(LeaseBuffer area, long at, Geometry geometry) {
    AreaLayout layout = new AreaLayout(geometry);
    LeaderRecord leader = LeaderRecord.decode(area.store(), 0);
    StringBuilder line = columns(at, leader);
    line.append(' ').append(Long.toUnsignedString(leader.lver()));
    if (detail > 0) {
      RequestRecord request = RequestRecord.decode(area.store(), layout.request());
      line.append('/').append(Long.toUnsignedString(request.lver()));
      line.append('/').append(Integer.toUnsignedString(request.forceMode()));
    }
    session.out().line(line.toString());
    long hosts = Math.min(Math.max(0, leader.numHosts()), geometry.maxHosts());
    for (long hostId = 1; hostId <= hosts; hostId++) {
      HostBlock block = HostBlock.decode(area.store(), layout.hostBlock(hostId));
      if (detail > 1 && !block.equals(HostBlock.CLEARED)) {
        printDblock(hostId, block.dblock());
      }
      if (block.mode().isShared()) {
        session
            .out()
            .line(
                " ".repeat(SHARED_INDENT)
                    + zeros(hostId, 4)
                    + " "
                    + zeros(block.mode().generation(), 4)
                    + " SH");
      }
    }
  }

  private void printDblock(long hostId, Dblock block) {
    session
        .out()
        .line(
            "dblock["
                + zeros(hostId - 1, 4)
                + "] mbal "
                + Long.toUnsignedString(block.mbal())
                + " bal "
                + Long.toUnsignedString(block.bal())
                + " inp "
                + Long.toUnsignedString(block.inp())
                + " inp2 "
                + Long.toUnsignedString(block.inp2())
                + " inp3 "
                + Long.toUnsignedString(block.inp3())
                + " lver "
                + Long.toUnsignedString(block.lver())
                + " sum "
                + Integer.toHexString(block.checksum()));
  }

  private void dumpIndex(LeaseBuffer area, long at) {
    IndexHeader header = IndexHeader.decode(area.store(), 0);
    String space = " " + right(header.lockspaceName().text(), SPACE_WIDTH);
    session
        .out()
        .line(
            zeros(at, 8)
                + space
                + " rindex_header 0x"
                + Integer.toHexString(header.flags())
                + " "
                + header.sectorSize()
                + " "
                + Integer.toUnsignedString(header.maxResources())
                + " "
                + Long.toUnsignedString(header.indexOffset()));
    if (detail == 0 || (header.sectorSize() != 512 && header.sectorSize() != 4096)) {
      return;
    }
    int room = (area.length() - header.sectorSize()) / IndexEntry.LENGTH;
    int entries = header.maxResources() == 0 ? room : Math.min(header.maxResources(), room);
    for (int i = 0; i < entries; i++) {
      int offset = header.sectorSize() + i * IndexEntry.LENGTH;
      IndexEntry entry = IndexEntry.decode(area.store(), offset);
      if (!entry.isFree()) {
        session
            .out()
            .line(
                zeros(at + offset, 8)
                    + space
                    + " rentry "
                    + entry.name()
                    + " "
                    + Long.toUnsignedString(entry.resourceOffset()));
      }
    }
  }

  private static StringBuilder columns(long at, LeaderRecord leader) {
    return new StringBuilder()
        .append(zeros(at, 8))
        .append(' ')
        .append(right(leader.spaceName().text(), SPACE_WIDTH))
        .append(' ')
        .append(right(leader.resourceName().text(), RESOURCE_WIDTH))
        .append(' ')
        .append(zeros(leader.timestamp(), 10))
        .append(' ')
        .append(zeros(leader.ownerId(), 4))
        .append(' ')
        .append(zeros(leader.ownerGeneration(), 4));
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String zeros(long number, int width) {
    String digits = Long.toUnsignedString(number);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }
}
