package io.sanlockd.cli.operate;

import io.sanlockd.cli.operate.FoundArea.LockspaceArea;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.Pause;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.LeaderRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells from the disk alone which hosts renew: their timestamps change while one looks. Silence for
 * more than 8 io_timeouts and the fire timeout proves a host dead; a shorter look can only say that
 * it was silent.
 */
final class HostWatch {
  private static final long STEP_NANOS = Clock.SECOND_NANOS;

  /** A renewal comes two io_timeouts and up to this much after the one before. */
  private static final int RENEWAL_SLACK_SECONDS = 3;

  /** What was seen of one host_id. */
  enum Sight {
    /** Nobody has it. */
    FREE,
    /** Its timestamp changed. */
    ALIVE,
    /** Its timestamp did not change. */
    SILENT,
    /** Its timestamp did not change for as long as proves it dead. */
    DEAD
  }

  /**
   * A host_id when the look ended.
   *
   * @param record the last one read
   */
  record Host(LeaderRecord record, Sight sight) {}

  private final LeaseDisk disk;
  private final Clock clock;
  private final Pause pause;
  private final int fireTimeout;
  private final long timeoutNanos;
  private final Map<LockspaceArea, Map<Long, Host>> seen = new LinkedHashMap<>();
  private long watchedNanos;

  HostWatch(LeaseDisk disk, Clock clock, Pause pause, int fireTimeout, long timeoutNanos) {
    this.disk = disk;
    this.clock = clock;
    this.pause = pause;
    this.fireTimeout = fireTimeout;
    this.timeoutNanos = timeoutNanos;
  }

  /** Seconds for which hosts that are silent were watched. */
  long watchedSeconds() {
    return watchedNanos / Clock.SECOND_NANOS;
  }

  Map<Long, Host> hosts(LockspaceArea area) {
    return seen.getOrDefault(area, Map.of());
  }

  /** The time in which every living host renews once. */
  static int usualSeconds(List<LockspaceArea> areas) {
    int longest = 0;
    for (LockspaceArea area : areas) {
      for (LeaderRecord record : area.owners().values()) {
        if (record.timestamp() != 0) {
          int ioTimeout = record.ioTimeout() & 0xff;
          int known = ioTimeout == 0 ? LeaseTimes.DEFAULT_IO_TIMEOUT : ioTimeout;
          longest = Math.max(longest, 2 * known + RENEWAL_SLACK_SECONDS);
        }
      }
    }
    return longest;
  }

  /** Watches until all hosts were seen to renew, at most that long. */
  void watch(List<LockspaceArea> areas, int seconds) throws LeaseException {
    for (LockspaceArea area : areas) {
      Map<Long, Host> hosts = new TreeMap<>();
      area.owners()
          .forEach(
              (hostId, record) ->
                  hosts.put(
                      hostId,
                      new Host(record, record.timestamp() == 0 ? Sight.FREE : Sight.SILENT)));
      seen.put(area, hosts);
    }
    long begin = clock.nanos();
    while (isAnySilent() && clock.nanos() - begin < seconds * Clock.SECOND_NANOS) {
      pause.sleep(STEP_NANOS);
      for (Map.Entry<LockspaceArea, Map<Long, Host>> area : seen.entrySet()) {
        update(area.getKey(), area.getValue());
      }
    }
    watchedNanos = clock.nanos() - begin;
    seen.values().forEach(hosts -> hosts.replaceAll((id, host) -> judged(host)));
  }

  private boolean isAnySilent() {
    return seen.values().stream()
        .flatMap(hosts -> hosts.values().stream())
        .anyMatch(host -> host.sight == Sight.SILENT);
  }

  private void update(LockspaceArea area, Map<Long, Host> hosts) throws LeaseException {
    AreaLayout layout = new AreaLayout(area.geometry());
    try (LeaseBuffer image = disk.read(area.offset(), area.geometry().alignSize(), timeoutNanos)) {
      hosts.replaceAll(
          (hostId, host) -> {
            LeaderRecord now = LeaderRecord.decode(image.store(), layout.deltaLease(hostId));
            boolean isSame =
                now.timestamp() == host.record.timestamp()
                    && now.ownerGeneration() == host.record.ownerGeneration();
            if (isSame) {
              return host;
            }
            return new Host(now, now.timestamp() == 0 ? Sight.FREE : Sight.ALIVE);
          });
    }
  }

  private Host judged(Host host) {
    LeaseTimes times =
        new LeaseTimes(LeaseTimes.DEFAULT_IO_TIMEOUT, fireTimeout).ofOther(host.record.ioTimeout());
    boolean isProven =
        host.sight == Sight.SILENT
            && watchedNanos > (times.deadSeconds() + 1L) * Clock.SECOND_NANOS;
    return isProven ? new Host(host.record, Sight.DEAD) : host;
  }
}
