package io.sanlockd.cli.operate;

import io.sanlockd.cli.operate.FoundArea.LockspaceArea;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.protocol.Lockspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A lockspace: how our renewals go, whether our host_id is ours alone, whether every host has a
 * name of its own.
 */
final class MembershipCheck {
  private static final int DEFAULT_IO_TIMEOUT = 10;
  private static final long MILLI_NANOS = 1_000_000;

  /** Enough to find the lockspace that begins there, whatever its sizes. */
  private static final long LONGEST_AREA = 8L << 20;

  private final Checkup checkup;
  private final SanlockClient client;
  private final Optional<DaemonView> daemon;

  MembershipCheck(Checkup checkup, SanlockClient client, Optional<DaemonView> daemon) {
    this.checkup = checkup;
    this.client = client;
    this.daemon = daemon;
  }

  /** Examines a lockspace that was joined, or one that is only on a disk. */
  void run(Lockspace wanted) {
    String name = Bytes.toUnicode(wanted.name().text());
    checkup.section("lockspace " + name);
    Optional<State> joined =
        daemon.flatMap(
            view ->
                view.lockspaces().stream()
                    .filter(state -> state.entry().name().equals(wanted.name()))
                    .findFirst());
    joined.ifPresent(this::renewals);
    Optional<Lockspace> place = joined.flatMap(State::lockspace).or(() -> Optional.of(wanted));
    if (place.get().disk().path().isEmpty()) {
      checkup.add(
          Severity.ERROR,
          name,
          "is not joined here; give NAME:HOST_ID:PATH:OFFSET to examine it on disk");
      return;
    }
    onDisk(place.get(), joined);
  }

  private void renewals(State state) {
    long now = daemon.orElseThrow().nowSeconds();
    int io = (int) Values.number(state, "io_timeout", DEFAULT_IO_TIMEOUT);
    long age = now - Values.number(state, "renewal_last_success", 0);
    long result = Values.number(state, "renewal_last_result", 1);
    String text = "last renewed " + age + " s ago, io_timeout " + io + " s";
    if (Values.number(state, "space_dead", 0) != 0) {
      checkup.add(Severity.ERROR, "renewal", text + "; the lease is lost, processes are stopped");
    } else if (age >= 6L * io || result < 0) {
      checkup.add(
          Severity.ERROR,
          "renewal",
          text + ", last result " + result + "; at " + 8 * io + " s processes are stopped");
    } else {
      checkup.ok("renewal", text);
    }
    long corrupt = Values.number(state, "corrupt_result", 0);
    if (corrupt != 0) {
      checkup.add(
          Severity.ERROR,
          "host_id",
          "somebody else wrote our record (" + corrupt + "): two hosts have one host_id");
    }
    history(state, io);
  }

  private void history(State state, int io) {
    try {
      List<Long> nanos = new ArrayList<>();
      long failures = 0;
      for (State renewal : client.renewals(state.entry().name())) {
        long read = Values.number(renewal, "read_ms", 0);
        long write = Values.number(renewal, "write_ms", 0);
        nanos.add(Math.max(read, write) * MILLI_NANOS);
        failures += Values.number(renewal, "next_timeouts", 0);
        failures += Values.number(renewal, "next_errors", 0);
      }
      if (!nanos.isEmpty()) {
        Latencies latencies = Latencies.of(nanos);
        Severity severity = failures > 0 ? Severity.WARNING : latencies.judge(io);
        checkup.add(
            severity,
            "history",
            latencies.text("renewals")
                + ", "
                + failures
                + " failed attempts"
                + (severity == Severity.OK
                    ? ""
                    : "; use io_timeout "
                        + Math.max(io + 1, latencies.recommended(1))
                        + " s or more, or"
                        + " find what disturbs the storage"));
      }
    } catch (SanlockException e) {
      checkup.add(Severity.NOTE, "history", "not told by this daemon (" + e.number() + ")");
    }
  }

  private void onDisk(Lockspace place, Optional<State> joined) {
    String path = place.disk().path();
    long limit = TimeUnit.SECONDS.toNanos(DEFAULT_IO_TIMEOUT);
    try (LeaseDisk disk = DirectDisks.readOnly(LeaseLog.NONE).open(path)) {
      AreaScan scan = new AreaScan(disk, limit);
      scan.run(place.disk().offset(), place.disk().offset() + LONGEST_AREA);
      Optional<LockspaceArea> area = first(scan, place.disk().offset());
      if (area.isEmpty()) {
        checkup.add(
            Severity.ERROR, path, "there is no lockspace at offset " + place.disk().offset());
        return;
      }
      names(area.get());
      ownRecord(area.get(), place, joined);
    } catch (LeaseException e) {
      checkup.add(Severity.WARNING, path, "can not be read here: " + e.getMessage());
    }
  }

  private static Optional<LockspaceArea> first(AreaScan scan, long offset) {
    for (FoundArea area : scan.areas()) {
      if (area instanceof LockspaceArea lockspace && area.offset() == offset) {
        return Optional.of(lockspace);
      }
    }
    return Optional.empty();
  }

  private void names(LockspaceArea area) {
    for (Finding finding : area.findings()) {
      checkup.add(finding.severity(), finding.place(), finding.text());
    }
    long used = area.owners().values().stream().filter(r -> r.timestamp() != 0).count();
    if (area.findings().isEmpty()) {
      checkup.ok("hosts", used + " host_ids in use, each by a host with a name of its own");
    }
    long timeouts =
        area.owners().values().stream()
            .filter(record -> record.timestamp() != 0)
            .map(LeaderRecord::ioTimeout)
            .distinct()
            .count();
    if (timeouts > 1) {
      checkup.add(Severity.NOTE, "hosts", "use different io_timeouts; each is judged by its own");
    }
  }

  private void ownRecord(LockspaceArea area, Lockspace place, Optional<State> joined) {
    LeaderRecord record = area.owners().get(place.hostId());
    String id = "host_id " + Long.toUnsignedString(place.hostId());
    String us = daemon.flatMap(DaemonView::hostName).orElse("");
    if (place.hostId() == 0) {
      return;
    }
    if (record == null || record.timestamp() == 0) {
      boolean isMember = joined.map(s -> s.value("list").orElse("")).orElse("").equals("spaces");
      checkup.add(
          isMember ? Severity.ERROR : Severity.OK,
          id,
          isMember
              ? "is ours, but the record on disk is free: somebody initialised it"
              : "is free");
      return;
    }
    String owner = Bytes.toUnicode(record.resourceName().text());
    if (joined.isEmpty()) {
      boolean isOurs = owner.equals(us);
      checkup.add(
          isOurs ? Severity.NOTE : Severity.WARNING,
          id,
          "is held by host "
              + owner
              + (isOurs ? ", which is us: joining waits until that life counts as dead" : "")
              + (isOurs ? "" : "; joining under it is refused while that host lives"));
      return;
    }
    boolean isOurs = owner.equals(us);
    checkup.add(
        isOurs ? Severity.OK : Severity.ERROR,
        id,
        isOurs
            ? "is held by us, generation " + Long.toUnsignedString(record.ownerGeneration())
            : "is ours, but host "
                + owner
                + " has written its record: two hosts have one host_id, leave the lockspace on"
                + " one");
  }
}
