package io.sanlockd.lease.paxos;

import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.IoTimeoutException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Check;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * The copies of one lease, read and written by majority (paxos-lease.md 11). A failing minority is
 * skipped; with one replica every error is reported as it is. Used by one operation at a time.
 */
public final class LeaseReplicas {
  private static final int PROBE_LENGTH = 4096;

  private static final List<BiPredicate<LeaderRecord, LeaderRecord>> SAME_LEADER =
      List.of(LeaderRecord::equals, LeaderRecord::sameLease);

  /** By version; an owner that gave the version up says so last. */
  private static final Comparator<LeaderRecord> NEWEST_LEADER =
      Comparator.comparingLong(LeaderRecord::lver).thenComparing(LeaderRecord::isFree);

  private final PaxosIdentity identity;
  private final List<Replica> replicas;
  private final int majority;

  /** Written by the operation of the moment, read by the main loop, too. */
  private volatile Geometry geometry;

  /**
   * The open replicas of a lease.
   *
   * @param opened at least a majority of the configured ones
   * @param configured number of disks the lease has, 1..4
   */
  public LeaseReplicas(PaxosIdentity identity, List<Replica> opened, int configured) {
    this.identity = identity;
    this.replicas = List.copyOf(opened);
    this.majority = configured / 2 + 1;
    Check.argument(
        opened.size() >= majority && opened.size() <= configured, "too few disks of a lease");
  }

  /** Sizes found in the leader record; known after {@link #probe}. */
  public Geometry geometry() {
    Check.state(geometry != null, "lease was not read yet");
    return geometry;
  }

  AreaLayout layout() {
    return new AreaLayout(geometry());
  }

  /** Whether no write of ours to any replica is in flight. */
  public boolean settled() {
    for (Replica replica : replicas) {
      long length = geometry == null ? Geometry.S4096_A8M.alignSize() : geometry.alignSize();
      if (!replica.disk().settled(replica.offset(), length)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether no write of ours is in flight to at least a majority of the replicas, so that a new
   * operation can rely on them. A sector of another replica that a late write may still change does
   * not count until it has settled.
   */
  boolean majoritySettled() {
    return replicas.stream().filter(r -> settled(r, 0, geometry().alignSize())).count() >= majority;
  }

  /**
   * Whether no write of ours is in flight to a sector that is not ours alone: value block and
   * blocks of other hosts. Landing after the lease was given up it would undo what the next owner
   * wrote.
   */
  public boolean foreignSettled() {
    if (geometry == null) {
      return true;
    }
    long first = layout().hostBlock(1);
    long own = layout().hostBlock(identity.hostId());
    long next = own + geometry.sectorSize();
    return replicas.stream()
        .allMatch(
            replica ->
                settled(replica, first, (int) (own - first))
                    && settled(replica, next, (int) (geometry.alignSize() - next)));
  }

  private static boolean settled(Replica replica, long offset, int length) {
    return replica.disk().settled(replica.offset() + offset, length);
  }

  /**
   * Reads the leader record without knowing its sizes, checks them and adopts them before anything
   * else of the area is looked at.
   */
  LeaderRecord probe() throws LeaseException {
    LeaderRecord leader = majorityLeader(PROBE_LENGTH);
    checkSizes(leader);
    geometry = leader.geometry().orElseThrow();
    return leader;
  }

  /**
   * Checks the sizes of a leader that another host may have written since {@link #probe}.
   *
   * @throws LeaseException -225 or -228
   */
  void checkSizes(LeaderRecord leader) throws LeaseException {
    LeaderCheck.Verdict sizes = LeaderCheck.paxosSizes(leader);
    if (!sizes.valid()) {
      throw failure(sizes.code().number(), sizes.detail(), replicas.get(0));
    }
  }

  /** Reads and verifies the leader record. */
  LeaderRecord readLeader() throws LeaseException {
    return majorityLeader(geometry().sectorSize());
  }

  private LeaderRecord majorityLeader(int length) throws LeaseException {
    List<LeaderRecord> leaders = new ArrayList<>(replicas.size());
    LeaseException last = null;
    for (Replica replica : replicas) {
      try (LeaseBuffer sector =
          replica.disk().read(replica.offset(), length, identity.times().ioTimeoutNanos())) {
        leaders.add(verified(new AreaImage(sector, null, replica)));
      } catch (LeaseException e) {
        last = e;
      }
    }
    return agreed(leaders, last);
  }

  /**
   * Reads leader and host blocks 1..numHosts.
   *
   * @return images of at least a majority of the replicas, which the caller closes
   */
  List<AreaImage> readArea(long numHosts) throws LeaseException {
    return readArea(numHosts, replicas);
  }

  /** As {@link #readArea(long)}, from some of the replicas; at least a majority of all. */
  List<AreaImage> readArea(long numHosts, List<Replica> from) throws LeaseException {
    int length = layout().ballotLength(numHosts);
    List<AreaImage> images = new ArrayList<>(replicas.size());
    LeaseException last = null;
    for (Replica replica : from) {
      try {
        images.add(
            new AreaImage(
                replica.disk().read(replica.offset(), length, identity.times().ioTimeoutNanos()),
                layout(),
                replica));
      } catch (LeaseException e) {
        last = e;
      }
    }
    if (images.size() < majority) {
      images.forEach(AreaImage::close);
      throw majorityFailure(last, ResultCode.LEADER_READ);
    }
    return images;
  }

  /** The leader that a majority of the images holds, verified. */
  LeaderRecord leaderOf(List<AreaImage> images) throws LeaseException {
    List<LeaderRecord> leaders = new ArrayList<>(images.size());
    LeaseException last = null;
    for (AreaImage image : images) {
      try {
        leaders.add(verified(image));
      } catch (LeaseException e) {
        last = e;
      }
    }
    return agreed(leaders, last);
  }

  private LeaderRecord verified(AreaImage image) throws LeaseException {
    LeaderCheck.Verdict verdict = image.checkLeader(identity);
    if (!verdict.valid()) {
      throw failure(verdict.code().number(), verdict.detail(), image.replica());
    }
    return image.leader();
  }

  private LeaderRecord agreed(List<LeaderRecord> leaders, LeaseException last)
      throws LeaseException {
    if (leaders.size() < majority) {
      throw majorityFailure(last, ResultCode.LEADER_READ);
    }
    return ofMajority(leaders).orElseGet(() -> Collections.max(leaders, NEWEST_LEADER));
  }

  private Optional<LeaderRecord> ofMajority(List<LeaderRecord> leaders) {
    // Copies may differ in when and by whom they were written; prefer those that do not.
    for (BiPredicate<LeaderRecord, LeaderRecord> same : SAME_LEADER) {
      for (LeaderRecord candidate : leaders) {
        if (leaders.stream().filter(other -> same.test(candidate, other)).count() >= majority) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Whether no majority of the images holds the same leader, because writes to single disks failed
   * or landed late. Then the newest one proves that its version was decided, but not for whom: that
   * must be asked of the host blocks once more.
   */
  boolean dividedIn(List<AreaImage> images) {
    List<LeaderRecord> leaders = new ArrayList<>(images.size());
    for (AreaImage image : images) {
      if (image.checkLeader(identity).valid()) {
        leaders.add(image.leader());
      }
    }
    return ofMajority(leaders).isEmpty();
  }

  /** Writes the leader record to a majority of the replicas. */
  void writeLeader(LeaderRecord leader) throws LeaseException {
    writeSector(
        AreaLayout.LEADER, buffer -> leader.encode(buffer.store(), 0), ResultCode.LEADER_WRITE);
  }

  /**
   * Writes a host block, zeros around it, to a majority of the replicas.
   *
   * @return the replicas that certainly hold it now
   */
  List<Replica> writeHostBlock(long hostId, HostBlock block) throws LeaseException {
    return writeSector(
        layout().hostBlock(hostId),
        buffer -> block.encode(buffer.store(), 0),
        ResultCode.DBLOCK_WRITE);
  }

  private interface SectorContent {
    void fill(LeaseBuffer sector);
  }

  private List<Replica> writeSector(long offset, SectorContent content, ResultCode tooFew)
      throws LeaseException {
    List<Replica> written = new ArrayList<>(replicas.size());
    LeaseException last = null;
    for (Replica replica : replicas) {
      LeaseBuffer sector = replica.disk().buffer(geometry().sectorSize());
      content.fill(sector);
      // A write in flight may land after this one and undo it; then this one proves nothing.
      boolean settled = settled(replica, offset, geometry().sectorSize());
      try {
        replica.disk().write(replica.offset() + offset, sector, identity.times().ioTimeoutNanos());
        if (settled) {
          written.add(replica);
        } else if (last == null) {
          last =
              failure(
                  ResultCode.AIO_TIMEOUT.number(), "an older write is still in flight", replica);
        }
      } catch (LeaseException e) {
        if (!(last instanceof IoTimeoutException)) {
          last = e;
        }
      }
    }
    if (written.size() < majority) {
      throw majorityFailure(last, tooFew);
    }
    return written;
  }

  /** The host blocks of one host on a majority of the replicas. */
  List<HostBlock> readHostBlocks(long hostId) throws LeaseException {
    List<HostBlock> blocks = new ArrayList<>(replicas.size());
    LeaseException last = null;
    for (Replica replica : replicas) {
      try (LeaseBuffer sector =
          replica
              .disk()
              .read(
                  replica.offset() + layout().hostBlock(hostId),
                  geometry().sectorSize(),
                  identity.times().ioTimeoutNanos())) {
        blocks.add(HostBlock.decode(sector.store(), 0));
      } catch (LeaseException e) {
        last = e;
      }
    }
    if (blocks.size() < majority) {
      throw majorityFailure(last, ResultCode.DBLOCK_READ);
    }
    return blocks;
  }

  /** Whether the lease lies on more than one disk. */
  boolean areSeveral() {
    return majority > 1;
  }

  /** Our block on the only disk; empty when it is damaged. */
  Optional<HostBlock> readOwnBlock() throws LeaseException {
    Check.state(!areSeveral(), "several disks must be compared");
    Replica replica = replicas.get(0);
    try (LeaseBuffer sector =
        replica
            .disk()
            .read(
                replica.offset() + layout().hostBlock(identity.hostId()),
                geometry().sectorSize(),
                identity.times().ioTimeoutNanos())) {
      return Dblock.validAt(sector.store(), 0)
          ? Optional.of(HostBlock.decode(sector.store(), 0))
          : Optional.empty();
    }
  }

  /** A sector of the first disk, where what is not replicated lies. */
  byte[] readFirst(long offset) throws LeaseException {
    Replica first = first();
    byte[] bytes = new byte[geometry().sectorSize()];
    try (LeaseBuffer sector =
        first
            .disk()
            .read(first.offset() + offset, bytes.length, identity.times().ioTimeoutNanos())) {
      sector.bytes().get(bytes);
    }
    return bytes;
  }

  /** Writes a sector of the first disk. */
  void writeFirst(long offset, byte[] bytes) throws LeaseException {
    Replica first = first();
    LeaseBuffer sector = first.disk().buffer(bytes.length);
    sector.bytes().put(bytes);
    boolean settled = settled(first, offset, bytes.length);
    first.disk().write(first.offset() + offset, sector, identity.times().ioTimeoutNanos());
    if (!settled) {
      throw failure(ResultCode.EAGAIN.number(), "an older write is still in flight", first);
    }
  }

  private Replica first() throws LeaseException {
    return replicas.stream()
        .filter(replica -> replica.number() == 0)
        .findAny()
        .orElseThrow(
            () -> new LeaseException(ResultCode.EIO, "first disk of " + name() + " is not open"));
  }

  /** Whether a live owner gave the lease up and another host's late commit hid that. */
  boolean releasedByOwner(LeaderRecord leader) {
    if (leader.writeId() == leader.ownerId() || leader.ownerId() > leader.numHosts()) {
      return false;
    }
    try {
      return Dblock.newestReleased(
          readHostBlocks(leader.ownerId()).stream().map(HostBlock::dblock).toList());
    } catch (LeaseException e) {
      return false;
    }
  }

  /** With one disk its own error, a timeout as itself, otherwise the code for "too few". */
  private LeaseException majorityFailure(LeaseException last, ResultCode tooFew) {
    Check.state(last != null, "no failure to report");
    if (replicas.size() == 1 || last instanceof IoTimeoutException) {
      return last;
    }
    return new LeaseException(tooFew, last.getMessage());
  }

  private LeaseException failure(int result, String detail, Replica replica) {
    return new LeaseException(
        result,
        "lease "
            + name()
            + " at "
            + replica.disk().path()
            + ":"
            + replica.offset()
            + ": "
            + detail);
  }

  LeaseException damagedBlock(long hostId) {
    return new LeaseException(
        ResultCode.DBLOCK_CHECKSUM, "damaged block of host_id " + hostId + " in lease " + this);
  }

  private String name() {
    return identity.space() + ":" + identity.resource();
  }

  /** For messages: every disk and offset. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name());
    for (Replica replica : replicas) {
      LeaseDisk disk = replica.disk();
      text.append(' ').append(disk.path()).append(':').append(replica.offset());
    }
    return text.toString();
  }
}
