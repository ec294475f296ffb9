package io.sanlockd.lease.paxos;

import static io.sanlockd.lease.fixture.TestHost.converted;
import static io.sanlockd.lease.fixture.TestHost.unconverted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.fixture.Fault;
import io.sanlockd.lease.fixture.MemoryDisk;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.ResultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** One of three disks fails at any step of acquire, convert and release (paxos-lease.md 11). */
class MajorityTest {
  private static final int MOST_IOS = 40;

  private enum Failure {
    ONCE,
    FROM_THEN_ON,
    TIMES_OUT_ONCE;

    void at(MemoryDisk disk, int io) {
      Fault fault = disk.at(any -> true).skip(io);
      switch (this) {
        case ONCE -> fault.fails(-5);
        case FROM_THEN_ON -> fault.always().fails(-5);
        case TIMES_OUT_ONCE -> fault.timesOut();
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> oneOfThreeDisksMayFailAtAnyStep() {
    List<DynamicTest> tests = new ArrayList<>();
    for (int disk = 0; disk < 3; disk++) {
      for (Failure failure : Failure.values()) {
        for (int io = 0; io < MOST_IOS; io++) {
          int failing = disk;
          int step = io;
          tests.add(
              DynamicTest.dynamicTest(
                  "disk " + disk + " " + failure + " at " + io,
                  () -> lifeOfALease(failing, failure, step)));
        }
      }
    }
    return tests.stream();
  }

  private static void lifeOfALease(int disk, Failure failure, int io) {
    World world = new World(Geometry.S512_A1M, 8, 3, 10);
    TestHost a = world.joined(1);
    TestHost b = world.joined(2);
    failure.at(a.disks.get(disk), io);
    AcquireOutcome.Granted held = a.takes();
    b.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.ACQUIRE_IDLIVE.number());
    held = converted(a.downgrades(held));
    AcquireOutcome.Granted other = b.shares();
    assertThat(unconverted(a.upgrades(held)).result()).isEqualTo(ResultCode.EAGAIN.number());
    assertThat(b.unshares(other).result()).isEqualTo(1);
    held = converted(a.upgrades(held));
    b.isRefused(TestHost.SHARED, ResultCode.ACQUIRE_IDLIVE.number());
    assertThat(a.releases(held).result()).isEqualTo(1);
    a.disks.forEach(MemoryDisk::landLate);
    b.takes();
  }

  @Test
  void aDiskThatMissedTheEndOfASharedLeaseDoesNotKeepItAlive() {
    World world = new World(Geometry.S512_A1M, 8, 3, 10);
    TestHost a = world.joined(1);
    TestHost b = world.joined(2);
    AcquireOutcome.Granted held = a.shares();
    a.disks.get(1).at(World::blockWrite).fails(-5);
    assertThat(a.unshares(held).result()).isEqualTo(1);
    assertThat(world.block(1, 1).mode().isShared()).isTrue();
    b.takes();
  }

  @Test
  void twoOfThreeFailingDisksAreTooMany() {
    World world = new World(Geometry.S512_A1M, 8, 3, 10);
    TestHost a = world.joined(1);
    a.disks.get(0).at(World::blockWrite).fails(-5);
    a.disks.get(2).at(World::blockWrite).fails(-5);
    a.isRefused(AcquireRequest.EXCLUSIVE, ResultCode.DBLOCK_WRITE.number());
  }

  @Test
  void aDiskThatMissedOurBlockIsNotAskedForOthers() {
    // Two hosts meet only where each has written before it reads.
    World world = new World(Geometry.S512_A1M, 8, 3, 10);
    TestHost a = world.joined(1);
    a.disks.get(0).at(World::blockWrite).fails(-5);
    a.takes();
    assertThat(a.disks.get(0).letters()).isEqualTo("RAWWARW");
    assertThat(a.disks.get(1).letters()).isEqualTo("RAWAWARW");
  }
}
