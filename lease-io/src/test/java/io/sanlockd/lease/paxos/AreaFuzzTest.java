package io.sanlockd.lease.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.delta.DeltaLease;
import io.sanlockd.lease.delta.HostNotice;
import io.sanlockd.lease.fixture.MemoryStorage;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.LeaderCheck;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.NameMatcher;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.model.fuzz.Fuzz;
import io.sanlockd.model.fuzz.Input;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole operations on damaged areas: named errors, and no write where verification failed. */
class AreaFuzzTest {
  private static final int SECTOR = 512;
  private static final int HOSTS = 8;
  private static final long SECONDS_10 = 10_000_000_000L;

  private final World world = new World(Geometry.S512_A1M, HOSTS, 1, 1);
  private final MemoryStorage disk = world.disks.get(0);
  private final byte[] blankSpace = world.space.bytes(World.SPACE_OFFSET, HOSTS * SECTOR);
  private final List<byte[]> states = new ArrayList<>();

  private byte[] area() {
    return disk.bytes(World.RESOURCE_OFFSET, (2 + HOSTS) * SECTOR);
  }

  /** States of the resource as hosts leave them. */
  private void collectStates() {
    states.add(area());
    TestHost first = world.joined(1, 1);
    AcquireOutcome.Granted held = first.takes();
    states.add(area());
    first.releases(held);
    states.add(area());
    first.shares();
    states.add(area());
    TestHost second = world.joined(2, 1);
    second.shares();
    states.add(area());
    // What they would go on reading and writing in every second of every case is not looked at.
    first.die();
    second.die();
  }

  private static void known(int result) {
    boolean named = result < 0 && ResultCode.of(result).isPresent();
    assertThat(named).as("result %d has a name", result).isTrue();
  }

  @Test
  void acquiresOfDamagedAreasEndWithANamedResult() {
    collectStates();
    byte[] joined = world.space.bytes(World.SPACE_OFFSET, HOSTS * SECTOR);
    Fuzz.run("areas", 100, input -> acquire(input, joined));
  }

  /** It read, voted and began anew without a pause, and no time passed that could have ended it. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anAcquireThatBeginsAnewAgainAndAgainPausesAndEnds() {
    collectStates();
    byte[] joined = world.space.bytes(World.SPACE_OFFSET, HOSTS * SECTOR);
    Fuzz.repeat("areas", 311_228, input -> acquire(input, joined));
  }

  private void acquire(Input input, byte[] joined) {
    world.space.put(World.SPACE_OFFSET, input.onceIn(4) ? damagedSector(input, joined) : joined);
    byte[] area = input.working(damagedSector(input, input.oneOf(states)));
    disk.put(World.RESOURCE_OFFSET, area);
    long hostId = 1L + input.below(HOSTS);
    TestHost host = world.host(hostId, 1);
    host.assumeGeneration(1L + input.below(2));
    boolean usable = usable(area, hostId);
    long writes = disk.writes();
    AcquireRequest request =
        new AcquireRequest(input.onceIn(2), 0, input.onceIn(8) ? 4 : 0, input.onceIn(2));
    AcquireOutcome outcome = host.acquire(request);
    if (!usable) {
      assertThat(outcome).isInstanceOf(AcquireOutcome.Refused.class);
      assertThat(disk.writes()).as("writes without verification").isEqualTo(writes);
    }
    if (outcome instanceof AcquireOutcome.Refused refused) {
      known(refused.result());
    } else if (outcome instanceof AcquireOutcome.Granted granted) {
      assertThat(granted.leader().spaceName()).isEqualTo(World.SPACE);
      end(input, host, granted, request.shared());
    }
    look(host);
  }

  private void end(Input input, TestHost host, AcquireOutcome.Granted granted, boolean shared) {
    if (input.onceIn(2)) {
      disk.put(World.RESOURCE_OFFSET, damagedSector(input, area()));
    }
    byte[] before = area();
    boolean usable = usable(before, host.id);
    PaxosRelease release = host.newRelease();
    PaxosRelease.Outcome outcome =
        shared
            ? release.shared(granted.dblock())
            : release.exclusive(
                new Holding(granted.dblock(), Optional.of(granted.leader())), ReleaseOptions.PLAIN);
    if (outcome.result() != 1) {
      known(outcome.result());
    }
    if (!usable) {
      // Only our own block may have gained RELEASED.
      assertThat(Arrays.copyOf(area(), SECTOR)).isEqualTo(Arrays.copyOf(before, SECTOR));
    }
  }

  private void look(TestHost host) {
    long writes = disk.writes();
    try {
      new ResourceArea(host.disk(), World.RESOURCE_OFFSET)
          .readOwners(World.SPACE, World.RESOURCE, 0, SECONDS_10);
    } catch (LeaseException e) {
      known(e.result());
    }
    assertThat(disk.writes()).isEqualTo(writes);
    try {
      new PaxosRequest(host.replicas()).set(host.id, PaxosRequest.FORCE, true);
    } catch (LeaseException e) {
      known(e.result());
    }
  }

  @Test
  void joinsOfDamagedLockspacesEndWithANamedResult() {
    Fuzz.run("lockspaces", 20, this::join);
  }

  private void join(Input input) {
    byte[] area = input.working(damagedSector(input, blankSpace));
    world.space.put(World.SPACE_OFFSET, area);
    long hostId = 1L + input.below(HOSTS);
    boolean usable =
        LeaderCheck.deltaForUse(BytesStore.wrap(area), (hostId - 1) * SECTOR, World.SPACE).valid();
    TestHost host = world.host(hostId, 1);
    long writes = world.space.writes();
    DeltaLease lease = host.newDeltaLease();
    try {
      Geometry sizes = new LockspaceArea(host.spaceDisk, World.SPACE_OFFSET).detect(SECONDS_10);
      assertThat(sizes.maxHosts()).isPositive();
    } catch (LeaseException e) {
      known(e.result());
    }
    try {
      lease.acquire(held -> false, Cancellation.NEVER);
      assertThat(usable).isTrue();
    } catch (LeaseException e) {
      known(e.result());
      if (!usable) {
        assertThat(world.space.writes()).as("writes without verification").isEqualTo(writes);
      }
      return;
    }
    world.space.put(
        World.SPACE_OFFSET,
        damagedSector(input, world.space.bytes(World.SPACE_OFFSET, HOSTS * SECTOR)));
    int result = lease.renew(HostNotice.NONE).result();
    if (result != 1) {
      known(result);
      assertThat(lease.release()).isFalse();
    }
  }

  private static boolean usable(byte[] area, long hostId) {
    BytesStore<?, ?> store = BytesStore.wrap(area);
    return LeaderCheck.paxosForUse(store, 0, World.SPACE, World.RESOURCE, hostId).valid()
        && LeaderCheck.paxosSizes(LeaderRecord.decode(store, 0)).valid();
  }

  /** One sector is changed in several places; often with a checksum that is right again. */
  private static byte[] damagedSector(Input input, byte[] area) {
    byte[] copy = area.clone();
    for (int i = input.below(3); i >= 0; i--) {
      int at = input.onceIn(2) ? 0 : input.below(area.length / SECTOR) * SECTOR;
      int length = input.onceIn(2) ? 200 : SECTOR;
      byte[] part = input.damaged(Arrays.copyOfRange(copy, at, at + length));
      System.arraycopy(part, 0, copy, at, length);
      BytesStore<?, ?> store = BytesStore.wrap(copy);
      if (input.onceIn(4)) {
        continue;
      }
      if (LeaderRecord.spaceNameIs(store, at, new NameMatcher(LeaseName.of("LS")))) {
        LeaderRecord.decode(store, at).sealed().encode(store, at);
      } else if (at > SECTOR) {
        HostBlock block = HostBlock.decode(store, at);
        Dblock d = block.dblock();
        new HostBlock(
                Dblock.of(d.mbal(), d.bal(), d.inp(), d.inp2(), d.inp3(), d.lver(), d.flags()),
                block.mode())
            .encode(store, at);
      }
    }
    return copy;
  }
}
