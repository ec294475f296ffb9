package io.sanlockd.lease.timeline;

import io.sanlockd.lease.HostView;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.fixture.MemoryDisk;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.ModeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A host that takes the steps the specification tells of the reference, with those it calls unsafe:
 * it believes a commit by another host (H2), clears RELEASED of a version it gave up (H6), takes an
 * older generation of itself for itself (paxos-lease.md 5), erases its block after a failed shared
 * acquire (16), judges sharers by its table alone (7) and owners by its own io_timeout (3). Written
 * apart from the code under test; one disk, no conversion, no retry.
 */
final class CLikeHost implements Actor {
  private static final long LIMIT = 10_000_000_000L;
  private static final int AREA = 1 << 20;

  private final World world;
  private final TestHost host;
  private String mode = "";
  private LeaderRecord last;
  private Dblock dblock;

  CLikeHost(World world, TestHost host) {
    this.world = world;
    this.host = host;
  }

  /** The result of an acquire that came to nothing. */
  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  @Override
  public TestHost host() {
    return host;
  }

  @Override
  public String mode() {
    return mode;
  }

  @Override
  public String acquire(Wish wish) {
    dblock = Dblock.of(0, 0, 0, 0, 0, 0, 0);
    try {
      Optional<Set<Integer>> sharers = decide(wish);
      if (wish.shared()) {
        writeBlock(host.id, dblock.withReleased(), ModeBlock.shared(host.generation()));
        freeLeader();
      } else if (!sharers.orElse(new TreeSet<>()).isEmpty() && anyAlive(sharers.get())) {
        writeBlock(host.id, dblock.withReleased(), ModeBlock.NONE);
        freeLeader();
        return "EAGAIN";
      }
      mode = wish.shared() ? "SH" : "EX";
      return "granted " + mode + " lver " + last.lver();
    } catch (Failed e) {
      return e.getMessage() + (wish.shared() ? eraseOwnBlock() : "");
    } catch (LeaseException e) {
      return "error " + e.result() + eraseOwnBlock();
    }
  }

  /** Runs ballots until a version is decided; the sharers seen, empty when none was run. */
  private Optional<Set<Integer>> decide(Wish wish) throws LeaseException, Failed {
    while (true) {
      LeaderRecord basis = readArea().leader;
      long highest = 0;
      for (int id = 1; id <= basis.numHosts(); id++) {
        highest = Math.max(highest, world.block(id).dblock().mbal());
      }
      boolean ours = basis.ownerId() == host.id;
      if (!basis.isFree() && !ours) {
        watchOwner(basis);
      }
      long version = basis.lver() + 1;
      long mbal =
          highest == 0
              ? host.id
              : highest - highest % basis.maxHosts() + basis.maxHosts() + host.id;
      Set<Integer> sharers = new TreeSet<>();
      for (LeaderRecord leader = basis; ; leader = readLeader()) {
        if (leader.lver() == version && leader.ownerId() == host.id) {
          last = leader;
          return Optional.of(sharers);
        }
        if (leader.lver() == version) {
          throw new Failed("ACQUIRE_OWNED");
        }
        if (!leader.equals(basis)) {
          break;
        }
        if (ballot(basis, version, mbal, sharers)) {
          commit(basis, wish);
          return Optional.of(sharers);
        }
        host.sleep(500_000_000L);
        mbal += basis.maxHosts();
      }
    }
  }

  private boolean ballot(LeaderRecord basis, long version, long mbal, Set<Integer> sharers)
      throws LeaseException {
    dblock = Dblock.of(mbal, 0, 0, 0, 0, version, 0);
    writeBlock(host.id, dblock, ModeBlock.NONE);
    Area area = readArea();
    Dblock candidate = null;
    for (int id = 1; id <= basis.numHosts(); id++) {
      HostBlock block = area.block(id);
      if (block.mode().isShared()) {
        sharers.add(id);
      }
      Dblock other = block.dblock();
      if (other.lver() > version || (other.lver() == version && other.mbal() > mbal)) {
        return false;
      }
      boolean proposes = other.lver() == version && other.inp() != 0 && other.bal() != 0;
      if (proposes && (candidate == null || other.bal() > candidate.bal())) {
        candidate = other;
      }
    }
    dblock =
        candidate == null
            ? Dblock.of(mbal, mbal, host.id, host.generation(), host.clock.seconds(), version, 0)
            : Dblock.of(
                mbal, mbal, candidate.inp(), candidate.inp2(), candidate.inp3(), version, 0);
    writeBlock(host.id, dblock, ModeBlock.NONE);
    area = readArea();
    for (int id = 1; id <= basis.numHosts(); id++) {
      Dblock other = area.block(id).dblock();
      if (other.lver() > version || (other.lver() == version && other.mbal() > mbal)) {
        return false;
      }
    }
    return true;
  }

  private void commit(LeaderRecord basis, Wish wish) throws LeaseException, Failed {
    int flags = basis.flags();
    if (dblock.inp() == host.id) {
      flags = wish.shared() ? flags | LeaderRecord.SHORT_HOLD : flags & ~LeaderRecord.SHORT_HOLD;
    }
    last =
        basis.committed(
            dblock, basis.numHosts(), flags, host.id, host.generation(), host.clock.seconds());
    writeLeader(last);
    if (dblock.inp() != host.id) {
      throw new Failed("ACQUIRE_OTHER");
    }
  }

  private void watchOwner(LeaderRecord leader) throws LeaseException, Failed {
    Optional<HostView> seen = host.hosts().view(leader.ownerId());
    long start =
        seen.filter(h -> h.lastLive() != 0).map(HostView::lastLive).orElse(host.clock.seconds());
    long timestamp = seen.map(HostView::timestamp).orElse(0L);
    int ioTimeout = seen.map(HostView::ioTimeout).filter(t -> t != 0).orElse(host.ioTimeout());
    while (true) {
      LeaderRecord delta = host.readDelta(leader.ownerId());
      if (delta.isFree() || delta.ownerGeneration() > leader.ownerGeneration()) {
        return;
      }
      if (timestamp == 0) {
        timestamp = delta.timestamp();
      } else if (delta.timestamp() != timestamp
          || seen.filter(h -> h.lastLive() != 0 && h.lastLive() == h.lastCheck()).isPresent()) {
        boolean released =
            leader.writeId() != leader.ownerId() && readBlock(leader.ownerId()).dblock().released();
        if (!released) {
          throw new Failed("ACQUIRE_IDLIVE");
        }
        return;
      } else if (host.clock.seconds() - start > 8L * ioTimeout + 60) {
        return;
      }
      host.sleep(1_000_000_000L);
    }
  }

  private boolean anyAlive(Set<Integer> sharers) throws LeaseException {
    boolean alive = false;
    for (int id : sharers) {
      if (id == host.id) {
        continue;
      }
      long generation = readBlock(id).mode().generation();
      Optional<HostView> seen = host.hosts().view(id);
      boolean dead =
          seen.filter(h -> h.timestamp() == 0 || h.generation() > generation).isPresent();
      if (dead) {
        writeBlock(id, Dblock.of(0, 0, 0, 0, 0, 0, 0), ModeBlock.NONE);
      }
      alive |= !dead;
    }
    return alive;
  }

  private String eraseOwnBlock() {
    try {
      dblock = Dblock.of(0, 0, 0, 0, 0, 0, 0);
      writeBlock(host.id, dblock.withReleased(), ModeBlock.NONE);
      return ", block erased";
    } catch (LeaseException e) {
      return ", block not erased";
    }
  }

  @Override
  public String release(String rename, String value) {
    boolean shared = mode.equals("SH");
    mode = "";
    try {
      writeBlock(host.id, dblock.withReleased(), ModeBlock.NONE);
      return shared ? "released" : freeLeader();
    } catch (LeaseException e) {
      return "error " + e.result();
    }
  }

  private String freeLeader() throws LeaseException {
    LeaderRecord found = readLeader();
    if (found.writeId() != host.id) {
      return "released, leader written by another host";
    }
    writeLeader(found.freed(World.RESOURCE, host.id, host.generation(), host.clock.seconds()));
    return "released";
  }

  @Override
  public String convert(String newMode, String value) {
    throw new IllegalArgumentException("C-like hosts do not convert");
  }

  @Override
  public String cleanUp() {
    return "clean";
  }

  @Override
  public void forget() {
    mode = "";
  }

  private record Area(LeaderRecord leader, List<HostBlock> blocks) {
    HostBlock block(int hostId) {
      return blocks.get(hostId - 1);
    }
  }

  private Area readArea() throws LeaseException {
    try (LeaseBuffer area = disk().read(World.RESOURCE_OFFSET, AREA, LIMIT)) {
      LeaderRecord leader = LeaderRecord.decode(area.store(), 0);
      List<HostBlock> blocks = new ArrayList<>();
      for (int id = 1; id <= leader.numHosts(); id++) {
        blocks.add(HostBlock.decode(area.store(), (id + 1) * 512L));
      }
      return new Area(leader, blocks);
    }
  }

  private LeaderRecord readLeader() throws LeaseException {
    try (LeaseBuffer sector = disk().read(World.RESOURCE_OFFSET, 512, LIMIT)) {
      return LeaderRecord.decode(sector.store(), 0);
    }
  }

  private HostBlock readBlock(long hostId) throws LeaseException {
    try (LeaseBuffer sector = disk().read(world.blockOffset(hostId), 512, LIMIT)) {
      return HostBlock.decode(sector.store(), 0);
    }
  }

  private void writeLeader(LeaderRecord leader) throws LeaseException {
    LeaseBuffer sector = disk().buffer(512);
    leader.encode(sector.store(), 0);
    disk().write(World.RESOURCE_OFFSET, sector, LIMIT);
  }

  private void writeBlock(long hostId, Dblock block, ModeBlock shared) throws LeaseException {
    LeaseBuffer sector = disk().buffer(512);
    new HostBlock(block, shared).encode(sector.store(), 0);
    disk().write(world.blockOffset(hostId), sector, LIMIT);
  }

  private MemoryDisk disk() {
    return host.disk();
  }
}
