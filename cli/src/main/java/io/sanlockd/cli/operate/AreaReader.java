package io.sanlockd.cli.operate;

import io.sanlockd.cli.operate.FoundArea.IndexArea;
import io.sanlockd.cli.operate.FoundArea.LeaseArea;
import io.sanlockd.cli.operate.FoundArea.LockspaceArea;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.FormatVersion;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.IndexHeader;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.lease.format.RequestRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads one area as a whole and checks every record in it (disk-format.md 13, rindex.md 2). One
 * read gives one picture: sectors are whole, but a host may write another sector a moment later.
 */
final class AreaReader {
  private static final int MEBIBYTE = 1 << 20;

  private final LeaseDisk disk;
  private final long timeoutNanos;

  AreaReader(LeaseDisk disk, long timeoutNanos) {
    this.disk = disk;
    this.timeoutNanos = timeoutNanos;
  }

  /** Whether a record begins here that makes an area. */
  static boolean isAreaMagic(int magic) {
    return magic == Magic.DELTA
        || magic == Magic.PAXOS
        || magic == Magic.PAXOS_CLEARED
        || magic == Magic.INDEX;
  }

  /** The sizes that the first record of an area tells. */
  static Optional<Geometry> geometry(LeaseBuffer probe) {
    if (LeaderRecord.magicAt(probe.store(), 0) == Magic.INDEX) {
      IndexHeader header = IndexHeader.decode(probe.store(), 0);
      int align = Integer.lowestOneBit(header.flags() & 0xf);
      return align == 0
          ? Geometry.ofSectorSize(header.sectorSize())
          : Geometry.of(header.sectorSize(), align * MEBIBYTE);
    }
    return LeaderRecord.decode(probe.store(), 0).geometry();
  }

  FoundArea read(int magic, long offset, Geometry geometry) throws LeaseException {
    try (LeaseBuffer area = disk.read(offset, geometry.alignSize(), timeoutNanos)) {
      return switch (magic) {
        case Magic.DELTA -> lockspace(area, offset, geometry);
        case Magic.INDEX -> index(area, offset, geometry);
        default -> lease(area, offset, geometry);
      };
    }
  }

  private static LockspaceArea lockspace(LeaseBuffer area, long offset, Geometry geometry) {
    AreaLayout layout = new AreaLayout(geometry);
    LeaseName space = LeaderRecord.decode(area.store(), 0).spaceName();
    List<Finding> findings = new ArrayList<>();
    Map<Long, LeaderRecord> owners = new TreeMap<>();
    for (long hostId = 1; hostId <= geometry.maxHosts(); hostId++) {
      long at = layout.deltaLease(hostId);
      String place = "host_id " + hostId;
      LeaderCheck.Verdict verdict = LeaderCheck.delta(area.store(), at, space);
      if (!verdict.valid()) {
        findings.add(failed(place, verdict));
        continue;
      }
      LeaderRecord record = LeaderRecord.decode(area.store(), at);
      LeaderCheck.Verdict use = LeaderCheck.deltaForUse(area.store(), at, space);
      if (!use.valid()) {
        findings.add(new Finding(Severity.WARNING, place, text(use)));
      }
      if (!record.geometry().equals(Optional.of(geometry))) {
        findings.add(
            new Finding(Severity.ERROR, place, "other sizes than the first record of the area"));
      }
      if (record.ownerId() != 0 && record.ownerId() != hostId) {
        findings.add(
            new Finding(
                Severity.ERROR,
                place,
                "the record names host_id " + Long.toUnsignedString(record.ownerId())));
      }
      if (record.ownerId() != 0) {
        owners.put(hostId, record);
      }
    }
    addNamesUsedTwice(owners, findings);
    return new LockspaceArea(
        offset, geometry, Bytes.toUnicode(space.text()), owners, List.copyOf(findings));
  }

  private static void addNamesUsedTwice(Map<Long, LeaderRecord> owners, List<Finding> findings) {
    Map<LeaseName, Long> byName = new HashMap<>();
    owners.forEach(
        (hostId, record) -> {
          Long other = record.timestamp() == 0 ? null : byName.put(record.resourceName(), hostId);
          if (other != null) {
            findings.add(
                new Finding(
                    Severity.WARNING,
                    "host_ids " + other + ", " + hostId,
                    "both held by a host named "
                        + Bytes.toUnicode(record.resourceName().text())
                        + "; two hosts with one name can not tell their leases apart"));
          }
        });
  }

  private static LeaseArea lease(LeaseBuffer area, long offset, Geometry geometry) {
    LeaderRecord leader = LeaderRecord.decode(area.store(), AreaLayout.LEADER);
    boolean isCleared = leader.magic() == Magic.PAXOS_CLEARED;
    List<Finding> findings = new ArrayList<>();
    Map<Long, Long> sharers = new TreeMap<>();
    LeaderCheck.Verdict verdict =
        LeaderCheck.paxos(area.store(), AreaLayout.LEADER, LeaseName.EMPTY, LeaseName.EMPTY, 0);
    LeaderCheck.Verdict sizes = LeaderCheck.paxosSizes(leader);
    if (isCleared) {
      return new LeaseArea(offset, geometry, leader, true, sharers, List.of());
    }
    if (!verdict.valid()) {
      findings.add(failed("leader", verdict));
    } else if (!sizes.valid()) {
      findings.add(failed("leader", sizes));
    } else {
      LeaderCheck.Verdict use = LeaderCheck.paxosUse(leader);
      if (!use.valid()) {
        findings.add(new Finding(Severity.WARNING, "leader", text(use)));
      }
      request(area, leader, geometry, findings);
      hostBlocks(area, leader, geometry, sharers, findings);
    }
    return new LeaseArea(offset, geometry, leader, false, sharers, List.copyOf(findings));
  }

  private static void request(
      LeaseBuffer area, LeaderRecord leader, Geometry geometry, List<Finding> findings) {
    RequestRecord request = RequestRecord.decode(area.store(), new AreaLayout(geometry).request());
    if (request.magic() != Magic.REQUEST) {
      findings.add(new Finding(Severity.ERROR, "request record", text(ResultCode.REQUEST_MAGIC)));
    } else if (!FormatVersion.sameMajor(request.version(), FormatVersion.REQUEST)) {
      findings.add(
          new Finding(Severity.WARNING, "request record", text(ResultCode.REQUEST_VERSION)));
    } else if (Long.compareUnsigned(request.lver(), leader.lver()) > 0) {
      findings.add(
          new Finding(
              Severity.NOTE,
              "request record",
              "version " + Long.toUnsignedString(request.lver()) + " is asked for"));
    }
  }

  private static void hostBlocks(
      LeaseBuffer area,
      LeaderRecord leader,
      Geometry geometry,
      Map<Long, Long> sharers,
      List<Finding> findings) {
    AreaLayout layout = new AreaLayout(geometry);
    for (long hostId = 1; hostId <= leader.numHosts(); hostId++) {
      long at = layout.hostBlock(hostId);
      String place = "block of host_id " + hostId;
      HostBlock block = HostBlock.decode(area.store(), at);
      if (!Dblock.validAt(area.store(), at)) {
        findings.add(new Finding(Severity.ERROR, place, text(ResultCode.DBLOCK_CHECKSUM)));
      } else if (Long.compareUnsigned(block.dblock().lver(), leader.lver()) > 0) {
        findings.add(
            new Finding(
                Severity.NOTE,
                place,
                "a ballot for version "
                    + Long.toUnsignedString(block.dblock().lver())
                    + " goes on, or was left; the next acquire settles it"));
      }
      if (block.mode().isShared()) {
        sharers.put(hostId, block.mode().generation());
      }
    }
  }

  private static IndexArea index(LeaseBuffer area, long offset, Geometry geometry) {
    IndexHeader header = IndexHeader.decode(area.store(), 0);
    List<Finding> findings = new ArrayList<>();
    List<IndexEntry> entries = new ArrayList<>();
    if (!FormatVersion.sameMajor(header.version(), FormatVersion.INDEX)) {
      findings.add(new Finding(Severity.ERROR, "header", text(ResultCode.RINDEX_VERSION)));
      return new IndexArea(offset, geometry, header, entries, List.copyOf(findings));
    }
    if (header.indexOffset() != offset) {
      findings.add(
          new Finding(
              Severity.ERROR,
              "header",
              "says that the index lies at offset "
                  + Long.toUnsignedString(header.indexOffset())
                  + ": it was copied or moved"));
    }
    int room = (area.length() - header.sectorSize()) / IndexEntry.LENGTH;
    long most = Integer.toUnsignedLong(header.maxResources());
    if (most > room) {
      findings.add(
          new Finding(Severity.ERROR, "header", most + " entries do not fit, " + room + " do"));
    }
    int count = most == 0 ? room : (int) Math.min(most, room);
    for (int i = 0; i < count; i++) {
      IndexEntry entry =
          IndexEntry.decode(area.store(), header.sectorSize() + (long) i * IndexEntry.LENGTH);
      if (!entry.isFree()) {
        entries.add(entry);
      }
    }
    return new IndexArea(offset, geometry, header, List.copyOf(entries), List.copyOf(findings));
  }

  private static Finding failed(String place, LeaderCheck.Verdict verdict) {
    return new Finding(Severity.ERROR, place, text(verdict));
  }

  private static String text(LeaderCheck.Verdict verdict) {
    return text(verdict.code()) + (verdict.detail().isEmpty() ? "" : ": " + verdict.detail());
  }

  static String text(ResultCode code) {
    return code.cause() + " (" + code.number() + ")";
  }
}
