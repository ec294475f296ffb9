package io.sanlockd.lease.delta;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.HostTable;
import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.FormatFlags;
import io.sanlockd.lease.format.HostBitmap;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.lease.format.NameMatcher;
import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import net.openhft.chronicle.bytes.BytesStore;

/**
 * Watches the delta leases of all hosts of a lockspace (lockspace.md 7, 8). The renewal thread
 * examines each image it has read; everybody else reads the table.
 */
public final class HostMonitor implements HostTable {
  /** State of a host as other programs know it; the numbers are those of the protocol. */
  public enum State {
    /** One sample so far, nothing can be said. */
    UNKNOWN(1),
    /** The host_id is not held. */
    FREE(2),
    /** Renewing. */
    LIVE(3),
    /** Not renewing; its leases are lost to it. */
    FAIL(4),
    /** Certainly reset. */
    DEAD(5);

    private final int number;

    State(int number) {
      this.number = number;
    }

    /** The number on the wire. */
    public int number() {
      return number;
    }
  }

  private static final int BAD_LOG_INTERVAL = 100;

  private final LockspaceIdentity identity;
  private final Clock clock;
  private final LeaseLog log;
  private final int requestIntervalSeconds;
  private final NameMatcher spaceName;
  private final AtomicReferenceArray<Seen> seen;
  private final int[] badCount;
  private final AtomicIntegerArray foreignFlags;
  private volatile long firstCheck;
  private volatile long lastCheck;

  /** What changes only when the host's record does. */
  private record Seen(
      long ownerId,
      long generation,
      long timestamp,
      int ioTimeout,
      LeaseName name,
      long lastLive,
      long lastRequest) {
    static final Seen NOTHING = new Seen(0, 0, 0, 0, LeaseName.EMPTY, 0, 0);

    Seen withRequest(long now) {
      return new Seen(ownerId, generation, timestamp, ioTimeout, name, lastLive, now);
    }
  }

  /**
   * A monitor that has seen nothing.
   *
   * @param requestIntervalSeconds a notification from a host is accepted once in this time
   */
  public HostMonitor(
      LockspaceIdentity identity, int requestIntervalSeconds, Clock clock, LeaseLog log) {
    this.identity = identity;
    this.clock = clock;
    this.log = log;
    this.requestIntervalSeconds = requestIntervalSeconds;
    this.spaceName = new NameMatcher(identity.space());
    int maxHosts = identity.geometry().maxHosts();
    this.seen = new AtomicReferenceArray<>(maxHosts + 1);
    this.badCount = new int[maxHosts + 1];
    this.foreignFlags = new AtomicIntegerArray(maxHosts + 1);
    for (int i = 0; i <= maxHosts; i++) {
      seen.set(i, Seen.NOTHING);
    }
  }

  /**
   * Looks at every host's record in an image of the lockspace area. Called by the renewal thread
   * only.
   *
   * @param area the area as read
   * @return what the hosts that have renewed since the last image want from us
   */
  public HostCalls examine(BytesStore<?, ?> area) {
    long now = clock.seconds();
    HostCalls calls = new HostCalls(new ArrayList<>(0), new ArrayList<>(0));
    AreaLayout layout = new AreaLayout(identity.geometry());
    for (int hostId = 1; hostId <= identity.geometry().maxHosts(); hostId++) {
      examineHost(area, layout.deltaLease(hostId), hostId, now, calls);
    }
    if (firstCheck == 0) {
      firstCheck = now;
    }
    // Last: whoever reads this time first and an entry then sees an entry at least as new.
    lastCheck = now;
    return calls;
  }

  private void examineHost(
      BytesStore<?, ?> area, long offset, int hostId, long now, HostCalls calls) {
    Seen before = seen.get(hostId);
    boolean good = checkGood(area, offset, hostId, before);
    if (good) {
      noteFlags(area, offset, hostId);
    }
    long ownerId = LeaderRecord.ownerIdAt(area, offset);
    long generation = LeaderRecord.ownerGenerationAt(area, offset);
    long timestamp = LeaderRecord.timestampAt(area, offset);
    if (ownerId == before.ownerId
        && generation == before.generation
        && timestamp == before.timestamp) {
      return;
    }
    boolean calling =
        hostId != identity.hostId() && HostBitmap.isSet(area, offset, identity.hostId());
    Seen after;
    if (good) {
      LeaderRecord record = LeaderRecord.decode(area, offset);
      if (!record.resourceName().equals(before.name) || generation != before.generation) {
        log.warning(
            "host " + hostId + " " + generation + " " + timestamp + " " + record.resourceName());
      }
      after =
          new Seen(
              ownerId,
              generation,
              timestamp,
              record.ioTimeout(),
              record.resourceName(),
              now,
              before.lastRequest);
      if (calling && record.writeGeneration() != 0) {
        log.debug("host event from host_id " + hostId);
        calls
            .events()
            .add(
                new HostCalls.Event(
                    ownerId,
                    generation,
                    record.writeId(),
                    record.writeGeneration(),
                    record.writeTimestamp()));
      }
    } else {
      // A host that renews with a partly bad record must not be taken for dead.
      after =
          new Seen(
              before.ownerId,
              before.generation,
              timestamp,
              before.ioTimeout,
              before.name,
              now,
              before.lastRequest);
    }
    if (calling && (after.lastRequest == 0 || now - after.lastRequest >= requestIntervalSeconds)) {
      log.debug("request from host_id " + hostId);
      after = after.withRequest(now);
      calls.requests().add((long) hostId);
    }
    seen.set(hostId, after);
  }

  /** A flag of newer formats that appeared since we joined changes how its host is judged. */
  private void noteFlags(BytesStore<?, ?> area, long offset, int hostId) {
    int flags =
        LeaderRecord.flagsAt(area, offset) & (FormatFlags.NO_TIMEOUT | FormatFlags.DEAD_EXT);
    if (foreignFlags.get(hostId) != flags) {
      foreignFlags.set(hostId, flags);
      log.error(
          "host "
              + hostId
              + " in "
              + identity.space()
              + " has flags "
              + Integer.toHexString(flags));
    }
  }

  private boolean checkGood(BytesStore<?, ?> area, long offset, int hostId, Seen before) {
    boolean good =
        LeaderRecord.magicAt(area, offset) == Magic.DELTA
            && LeaderRecord.spaceNameIs(area, offset, spaceName);
    if (good) {
      if (badCount[hostId] > 0) {
        badCount[hostId] = 0;
        log.error("check_other_lease corrected for host " + hostId);
      }
      return true;
    }
    if (badCount[hostId]++ % BAD_LOG_INTERVAL == 0) {
      log.error(
          "check_other_lease invalid for host "
              + hostId
              + " "
              + before.generation
              + " ts "
              + before.timestamp
              + " name "
              + before.name
              + " in "
              + identity.space());
    }
    return false;
  }

  /** Whether at least one image was examined. */
  public boolean checkedOnce() {
    return lastCheck != 0;
  }

  @Override
  public Optional<HostView> view(long hostId) {
    if (hostId < 1 || hostId > identity.geometry().maxHosts()) {
      return Optional.empty();
    }
    long checked = lastCheck;
    if (checked == 0) {
      return Optional.empty();
    }
    Seen entry = seen.get((int) hostId);
    return Optional.of(
        new HostView(
            hostId,
            entry.ownerId,
            entry.generation,
            entry.timestamp,
            entry.ioTimeout,
            entry.name,
            firstCheck,
            checked,
            entry.lastLive,
            entry.lastRequest));
  }

  /**
   * State of a host for display and for consumers (lockspace.md 8). While our own reads fail the
   * state is frozen rather than drifting to DEAD without evidence. A host whose lease does not end
   * by time never becomes DEAD by time (v5.md 5.1).
   */
  public State state(HostView host) {
    if (host.timestamp() == 0) {
      return State.FREE;
    }
    if (host.ownerId() == identity.hostId()) {
      return State.LIVE;
    }
    long now = clock.seconds();
    int freshSeconds = identity.times().renewalSeconds() + 2 * identity.times().ioTimeout();
    long seenUntil = now - host.lastCheck() > freshSeconds ? host.lastCheck() : now;
    long age = seenUntil - (host.lastLive() != 0 ? host.lastLive() : host.firstCheck());
    var times = identity.times().ofOther(host.ioTimeout());
    if (age <= times.failSeconds()) {
      return host.firstCheck() == host.lastLive() ? State.UNKNOWN : State.LIVE;
    }
    boolean endsByTime = (foreignFlags.get((int) host.hostId()) & FormatFlags.NO_TIMEOUT) == 0;
    return age > times.deadSeconds() && endsByTime ? State.DEAD : State.FAIL;
  }
}
