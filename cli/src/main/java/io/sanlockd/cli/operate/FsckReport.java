package io.sanlockd.cli.operate;

import io.sanlockd.cli.operate.FoundArea.IndexArea;
import io.sanlockd.cli.operate.FoundArea.LeaseArea;
import io.sanlockd.cli.operate.FoundArea.LockspaceArea;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the areas of a device say together: owners and their hosts, names, indexes and leases. */
final class FsckReport {
  private static final String INTERNAL_LEASE = "rindex_lease";

  /**
   * One line of the report and what follows from it.
   *
   * @param what the area in words
   * @param details further lines
   */
  record Line(FoundArea area, String what, List<String> details, List<Finding> findings) {
    Object json() {
      return Json.object(
          "kind", kind(),
          "offset", area.offset(),
          "sector_size", area.geometry().sectorSize(),
          "align_size", area.geometry().alignSize(),
          "what", what,
          "details", details,
          "findings", findings.stream().map(Finding::json).toList());
    }

    private String kind() {
      if (area instanceof LockspaceArea) {
        return "lockspace";
      }
      return area instanceof LeaseArea ? "lease" : "index";
    }
  }

  private final List<FoundArea> areas;
  private final HostWatch watch;
  private final List<Line> lines = new ArrayList<>();

  FsckReport(List<FoundArea> areas, HostWatch watch) {
    this.areas = areas;
    this.watch = watch;
    for (FoundArea area : areas) {
      if (area instanceof LockspaceArea lockspace) {
        lines.add(lockspace(lockspace));
      } else if (area instanceof LeaseArea lease) {
        lines.add(lease(lease));
      } else if (area instanceof IndexArea index) {
        lines.add(index(index));
      }
    }
  }

  List<Line> lines() {
    return lines;
  }

  private Line lockspace(LockspaceArea area) {
    Map<Long, HostWatch.Host> hosts = watch.hosts(area);
    List<String> details = new ArrayList<>();
    hosts.forEach(
        (hostId, host) ->
            details.add(
                "host_id "
                    + hostId
                    + "  "
                    + Bytes.toUnicode(host.record().resourceName().text())
                    + "  generation "
                    + Long.toUnsignedString(host.record().ownerGeneration())
                    + "  io_timeout "
                    + host.record().ioTimeout()
                    + "  "
                    + sight(host)));
    long inUse =
        hosts.values().stream().filter(host -> host.sight() != HostWatch.Sight.FREE).count();
    return new Line(
        area,
        "lockspace "
            + area.name()
            + sizes(area)
            + ": "
            + inUse
            + " of "
            + area.geometry().maxHosts()
            + " host_ids in use",
        details,
        area.findings());
  }

  private String sight(HostWatch.Host host) {
    return switch (host.sight()) {
      case FREE -> "given back";
      case ALIVE -> "alive: renewed while watched";
      case SILENT ->
          watch.watchedSeconds() == 0
              ? "in use, not watched"
              : "not renewed for the " + watch.watchedSeconds() + " s of watching";
      case DEAD -> "dead: not renewed for " + watch.watchedSeconds() + " s";
    };
  }

  private static String sizes(FoundArea area) {
    return " ("
        + area.geometry().sectorSize()
        + "-byte sectors, "
        + (area.geometry().alignSize() >> 20)
        + "M)";
  }

  private Line lease(LeaseArea area) {
    List<Finding> findings = new ArrayList<>(area.findings());
    if (area.isCleared()) {
      return new Line(area, "cleared lease " + area.name(), List.of(), findings);
    }
    boolean isReadable = Finding.worst(findings) != Severity.ERROR;
    String use = isReadable ? use(area, findings) : "not usable";
    otherAreaOfName(area)
        .ifPresent(
            other ->
                findings.add(
                    new Finding(
                        Severity.WARNING,
                        "name",
                        "the lease at offset "
                            + other.offset()
                            + " has the same name: who uses one does not see who uses the other")));
    return new Line(
        area,
        "lease "
            + area.name()
            + sizes(area)
            + ", version "
            + Long.toUnsignedString(area.leader().lver())
            + ": "
            + use,
        List.of(),
        findings);
  }

  private Optional<LeaseArea> otherAreaOfName(LeaseArea area) {
    for (FoundArea other : areas) {
      if (other instanceof LeaseArea lease
          && lease.offset() < area.offset()
          && !lease.isCleared()
          && lease.name().equals(area.name())
          && !area.leader().resourceName().isEmpty()) {
        return Optional.of(lease);
      }
    }
    return Optional.empty();
  }

  private String use(LeaseArea area, List<Finding> findings) {
    List<String> uses = new ArrayList<>();
    LeaderRecord leader = area.leader();
    if (area.isOwned() && !area.sharers().containsKey(leader.ownerId())) {
      uses.add("held by " + owner(area, leader.ownerId(), leader.ownerGeneration(), findings));
    }
    area.sharers()
        .forEach(
            (hostId, generation) ->
                uses.add("shared by " + owner(area, hostId, generation, findings)));
    return uses.isEmpty() ? "free" : String.join(", ", uses);
  }

  /** A host and what its delta lease says about the life that took the lease. */
  private String owner(LeaseArea area, long hostId, long generation, List<Finding> findings) {
    String name = "host_id " + hostId + " generation " + Long.toUnsignedString(generation);
    Optional<LockspaceArea> lockspace = lockspaceOf(area);
    if (lockspace.isEmpty()) {
      return name + " (its lockspace is not in what was checked)";
    }
    if (hostId < 0 || hostId > lockspace.get().geometry().maxHosts()) {
      findings.add(new Finding(Severity.ERROR, "owner", "there is no host_id " + hostId));
      return name;
    }
    HostWatch.Host host = watch.hosts(lockspace.get()).get(hostId);
    if (host == null) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "owner",
              "host_id "
                  + hostId
                  + " was never used in the lockspace: it was initialised again, or the lease is"
                  + " from another one"));
      return name;
    }
    int order = Long.compareUnsigned(host.record().ownerGeneration(), generation);
    if (order < 0) {
      findings.add(
          new Finding(
              Severity.WARNING,
              "owner",
              "the lockspace has host_id "
                  + hostId
                  + " only up to generation "
                  + Long.toUnsignedString(host.record().ownerGeneration())
                  + ": it was initialised again"));
      return name;
    }
    String owner = name + " (" + Bytes.toUnicode(host.record().resourceName().text()) + ")";
    if (order > 0) {
      return owner + ", whose life is over: can be taken at once";
    }
    return switch (host.sight()) {
      case FREE -> owner + ", which has left the lockspace: can be taken at once";
      case ALIVE -> owner + ", alive";
      case SILENT ->
          owner + (watch.watchedSeconds() == 0 ? ", not watched" : ", silent while watched");
      case DEAD -> owner + ", dead: can be taken at once";
    };
  }

  private Optional<LockspaceArea> lockspaceOf(LeaseArea area) {
    String wanted = Bytes.toUnicode(area.leader().spaceName().text());
    for (FoundArea other : areas) {
      if (other instanceof LockspaceArea lockspace && lockspace.name().equals(wanted)) {
        return Optional.of(lockspace);
      }
    }
    return Optional.empty();
  }

  private Line index(IndexArea area) {
    List<Finding> findings = new ArrayList<>(area.findings());
    Map<Long, LeaseArea> leases = new HashMap<>();
    for (FoundArea other : areas) {
      if (other instanceof LeaseArea lease) {
        leases.put(lease.offset(), lease);
      }
    }
    Set<String> names = new HashSet<>();
    Set<Long> offsets = new HashSet<>();
    for (IndexEntry entry : area.entries()) {
      String name = Bytes.toUnicode(entry.name().text());
      String place = "entry " + name;
      if (!names.add(name)) {
        findings.add(new Finding(Severity.WARNING, place, "there are several of this name"));
      }
      if (!offsets.add(entry.resourceOffset())) {
        findings.add(
            new Finding(
                Severity.ERROR,
                place,
                "offset " + entry.resourceOffset() + " belongs to several entries"));
      }
      compare(area, entry, Optional.ofNullable(leases.get(entry.resourceOffset())), findings);
    }
    leasesWithoutEntry(area, offsets, findings);
    return new Line(
        area,
        "resource index of lockspace "
            + Bytes.toUnicode(area.header().lockspaceName().text())
            + sizes(area)
            + ": "
            + area.entries().size()
            + " entries",
        List.of(),
        findings);
  }

  private static void compare(
      IndexArea area, IndexEntry entry, Optional<LeaseArea> lease, List<Finding> findings) {
    String place = "entry " + Bytes.toUnicode(entry.name().text());
    if (lease.isEmpty() || lease.get().isCleared()) {
      findings.add(
          new Finding(
              Severity.ERROR,
              place,
              "there is no lease at its offset "
                  + entry.resourceOffset()
                  + "; 'sanlock client update' or 'rebuild' corrects the index"));
      return;
    }
    LeaderRecord leader = lease.get().leader();
    if (!leader.resourceName().equals(entry.name())
        || !leader.spaceName().equals(area.header().lockspaceName())) {
      findings.add(
          new Finding(
              Severity.ERROR,
              place,
              "the lease at offset " + entry.resourceOffset() + " is " + lease.get().name()));
    }
  }

  private void leasesWithoutEntry(IndexArea index, Set<Long> offsets, List<Finding> findings) {
    long first = index.offset() + 2L * index.geometry().alignSize();
    long count = Integer.toUnsignedLong(index.header().maxResources());
    long end = count == 0 ? Long.MAX_VALUE : first + count * (long) index.geometry().alignSize();
    for (FoundArea other : areas) {
      if (other instanceof LeaseArea lease
          && lease.offset() >= first
          && lease.offset() < end
          && !lease.isCleared()
          && lease.leader().spaceName().equals(index.header().lockspaceName())
          && !lease.leader().resourceName().text().equals(INTERNAL_LEASE)
          && !offsets.contains(lease.offset())) {
        findings.add(
            new Finding(
                Severity.WARNING,
                "lease " + lease.name(),
                String.format(
                    Locale.ROOT,
                    "at offset %d has no entry; 'sanlock client rebuild' makes one",
                    lease.offset())));
      }
    }
  }
}
