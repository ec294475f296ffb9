package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.IndexHeader;
import io.sanlockd.lease.format.InitialImage;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sanlock fsck} finds on a file that was damaged in one place. */
class FsckTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final long LIMIT = 10 * Clock.SECOND_NANOS;
  private static final Geometry SMALL = Geometry.S512_A1M;
  private static final LeaseName SPACE = LeaseName.of("LS");

  @TempDir Path directory;

  private Path file;
  private LeaseDisk disk;

  @BeforeEach
  void makeLockspaceAndTwoLeases() throws Exception {
    file = directory.resolve("leases");
    try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
      made.setLength(16L * MEBIBYTE);
    }
    disk = new DirectDisks(LeaseLog.NONE).open(file.toString());
    new LockspaceArea(disk, 0).initialize(SMALL, SPACE, 1, LIMIT);
    lease(1, "r1");
    lease(2, "r2");
  }

  @AfterEach
  void close() {
    disk.close();
  }

  private void lease(int area, String name) throws Exception {
    new ResourceArea(disk, (long) area * MEBIBYTE)
        .initialize(SMALL, SPACE, LeaseName.of(name), 0, LIMIT);
  }

  private void writeLeader(long at, LeaderRecord record) throws Exception {
    LeaseBuffer sector = disk.buffer(512);
    record.sealed().encode(sector.store(), 0);
    disk.write(at, sector, LIMIT);
  }

  private LeaderRecord read(long at) throws Exception {
    try (LeaseBuffer sector = disk.read(at, 512, LIMIT)) {
      return LeaderRecord.decode(sector.store(), 0);
    }
  }

  /** The record with an owner; everything else stays. */
  private static LeaderRecord owned(
      LeaderRecord r, long hostId, long generation, String name, long timestamp) {
    return new LeaderRecord(
        r.magic(),
        r.version(),
        r.flags(),
        r.sectorSize(),
        r.numHosts(),
        r.maxHosts(),
        hostId,
        generation,
        r.magic() == Magic.PAXOS ? 7 : 0,
        r.spaceName(),
        LeaseName.of(name),
        timestamp,
        0,
        0,
        0,
        1,
        0,
        0,
        0);
  }

  private void host(long hostId, long generation, String name, long timestamp) throws Exception {
    long at = new AreaLayout(SMALL).deltaLease(hostId);
    writeLeader(at, owned(read(at), hostId, generation, name, timestamp));
  }

  private void holder(int area, String name, long hostId, long generation) throws Exception {
    long at = (long) area * MEBIBYTE;
    writeLeader(at, owned(read(at), hostId, generation, name, 500));
  }

  private void flip(long at) throws Exception {
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(at);
      int was = raw.read();
      raw.seek(at);
      raw.write(was ^ 1);
    }
  }

  private Screen fsck(int status, String... more) {
    Screen screen = new Screen();
    String[] args = new String[more.length + 1];
    args[0] = file.toString();
    System.arraycopy(more, 0, args, 1, more.length);
    assertThat(screen.run("fsck", args)).as(screen.out() + screen.err()).isEqualTo(status);
    return screen;
  }

  @Test
  void aFreshDiskIsCleanAndNotChanged() throws Exception {
    byte[] before = Files.readAllBytes(file);
    assertThat(fsck(ExitStatus.GOOD).out())
        .contains("lockspace LS (512-byte sectors, 1M): 0 of 2000 host_ids in use")
        .contains("1048576  lease LS:r1 (512-byte sectors, 1M), version 0: free")
        .contains("3 areas; 0 errors, 0 warnings: clean");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aDamagedHostIdIsNamed() throws Exception {
    flip(new AreaLayout(SMALL).deltaLease(7) + 60);
    assertThat(fsck(ExitStatus.BAD).out()).contains("ERROR  host_id 7: ").contains("damaged");
  }

  @Test
  void aDamagedLeaderIsNamed() throws Exception {
    flip(MEBIBYTE + 152);
    assertThat(fsck(ExitStatus.BAD).out())
        .contains("ERROR  leader: the lease record is damaged (-229)");
  }

  @Test
  void aDamagedHostBlockIsNamed() throws Exception {
    flip(MEBIBYTE + new AreaLayout(SMALL).hostBlock(3));
    assertThat(fsck(ExitStatus.BAD).out())
        .contains("ERROR  block of host_id 3: a host block is damaged (-214)");
  }

  @Test
  void aDamagedRequestRecordIsNamed() throws Exception {
    flip(MEBIBYTE + new AreaLayout(SMALL).request());
    assertThat(fsck(ExitStatus.BAD).out()).contains("ERROR  request record: ").contains("(-270)");
  }

  @Test
  void aLeaseInsideALargerOneOverlaps() throws Exception {
    new ResourceArea(disk, 8L * MEBIBYTE)
        .initialize(Geometry.S4096_A8M, SPACE, LeaseName.of("big"), 0, LIMIT);
    assertThat(fsck(ExitStatus.GOOD).out()).contains("lease LS:big (4096-byte sectors, 8M)");
    lease(10, "inside");
    assertThat(fsck(ExitStatus.BAD).out())
        .contains("ERROR  offset 10485760: overlaps the area at offset 8388608");
  }

  @Test
  void anAreaThatEndsBehindTheDeviceIsNamed() throws Exception {
    LeaseBuffer image = disk.buffer(8 * MEBIBYTE);
    InitialImage.resource(image.store(), Geometry.S4096_A8M, SPACE, LeaseName.of("big"), 0);
    LeaseBuffer first = disk.buffer(4096);
    first.bytes().put(image.bytes().limit(4096));
    image.close();
    disk.write(12L * MEBIBYTE, first, LIMIT);
    assertThat(fsck(ExitStatus.BAD).out()).contains("area of 8M begins here and ends behind");
  }

  @Test
  void twoLeasesOfOneNameAreAWarning() throws Exception {
    lease(3, "r1");
    assertThat(fsck(ExitStatus.WARNING).out())
        .contains("the lease at offset 1048576 has the same name");
  }

  @Test
  void ownersAreJudgedByTheLifeOfTheirHost() throws Exception {
    host(1, 4, "node-a", 900);
    host(2, 6, "node-b", 0);
    holder(1, "r1", 1, 3);
    holder(2, "r2", 2, 6);
    lease(3, "r3");
    holder(3, "r3", 1, 4);
    lease(4, "r4");
    holder(4, "r4", 9, 1);
    lease(5, "r5");
    holder(5, "r5", 1, 5);
    assertThat(fsck(ExitStatus.WARNING, "--watch-seconds", "0").out())
        .contains("host_id 1  node-a  generation 4  io_timeout 1  in use, not watched")
        .contains("held by host_id 1 generation 3 (node-a), whose life is over")
        .contains("held by host_id 2 generation 6 (node-b), which has left the lockspace")
        .contains("held by host_id 1 generation 4 (node-a), not watched")
        .contains("WARNING  owner: host_id 9 was never used in the lockspace")
        .contains("WARNING  owner: the lockspace has host_id 1 only up to generation 4");
  }

  @Test
  void sharersAreNamedOnceAndTheirBallotIsKnown() throws Exception {
    host(3, 1, "node-c", 0);
    LeaseBuffer sector = disk.buffer(512);
    new HostBlock(Dblock.of(2003, 0, 0, 0, 0, 8, 0), ModeBlock.shared(1)).encode(sector.store(), 0);
    disk.write(MEBIBYTE + new AreaLayout(SMALL).hostBlock(3), sector, LIMIT);
    assertThat(fsck(ExitStatus.GOOD).out())
        .contains("shared by host_id 3 generation 1 (node-c), which has left")
        .contains("NOTE  block of host_id 3: a ballot for version 8 goes on, or was left");
  }

  @Test
  void aHostNameUsedTwiceIsAWarning() throws Exception {
    host(1, 1, "node-a", 5);
    host(2, 1, "node-a", 6);
    assertThat(fsck(ExitStatus.WARNING, "--watch-seconds", "0").out())
        .contains("WARNING  host_ids 1, 2: both held by a host named node-a");
  }

  @Test
  void theIndexIsComparedWithItsLeases() throws Exception {
    LeaseBuffer area = disk.buffer(MEBIBYTE);
    new IndexHeader(Magic.INDEX, 0x00010002, 1, 512, 100, 0, 4L * MEBIBYTE, SPACE)
        .encode(area.store(), 0);
    entry(area, 0, "r6", 6);
    entry(area, 1, "wrong", 7);
    entry(area, 2, "missing", 9);
    disk.write(4L * MEBIBYTE, area, LIMIT);
    lease(5, "rindex_lease");
    lease(6, "r6");
    lease(7, "r7");
    lease(8, "r8");
    String out = fsck(ExitStatus.BAD).out();
    assertThat(out)
        .contains("resource index of lockspace LS (512-byte sectors, 1M): 3 entries")
        .contains("ERROR  entry wrong: the lease at offset 7340032 is LS:r7")
        .contains("ERROR  entry missing: there is no lease at its offset 9437184")
        .contains("WARNING  lease LS:r8: at offset 8388608 has no entry")
        .doesNotContain("entry r6")
        .doesNotContain("rindex_lease: at offset");
  }

  private static void entry(LeaseBuffer area, int number, String name, long atMebibyte) {
    new IndexEntry(atMebibyte * MEBIBYTE, 0, 0, LeaseName.of(name))
        .encode(area.store(), 512L + (long) number * IndexEntry.LENGTH);
  }

  @Test
  void hostsAreAliveWhenTheyRenewAndDeadOnlyAfterTheWholeTime() throws Exception {
    host(1, 1, "node-a", 100);
    host(2, 1, "node-b", 100);
    AreaScan scan = new AreaScan(disk, LIMIT);
    scan.run(0, MEBIBYTE);
    FoundArea.LockspaceArea area = (FoundArea.LockspaceArea) scan.areas().get(0);
    assertThat(HostWatch.usualSeconds(List.of(area))).isEqualTo(5);
    assertThat(sights(area, 68).get(1L).sight()).isEqualTo(HostWatch.Sight.ALIVE);
    assertThat(sights(area, 68).get(2L).sight()).isEqualTo(HostWatch.Sight.SILENT);
    assertThat(sights(area, 70).get(2L).sight()).isEqualTo(HostWatch.Sight.DEAD);
  }

  /** Watches in virtual time; host 1 renews in every second, host 2 never. */
  private Map<Long, HostWatch.Host> sights(FoundArea.LockspaceArea area, int seconds)
      throws Exception {
    long[] now = {1_000 * Clock.SECOND_NANOS};
    HostWatch watch =
        new HostWatch(
            disk,
            () -> now[0],
            nanos -> {
              now[0] += nanos;
              try {
                host(1, 1, "node-a", now[0] / Clock.SECOND_NANOS);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            },
            60,
            LIMIT);
    watch.watch(List.of(area), seconds);
    return watch.hosts(area);
  }

  @Test
  void whatCanNotBeCheckedIsNamed() {
    Screen screen = new Screen();
    assertThat(screen.run("fsck", directory.resolve("none").toString()))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(screen.run("fsck", file + ":512")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.run("fsck", file + ":xM")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.run("fsck", file + ":99M")).isEqualTo(ExitStatus.USAGE);
    assertThat(screen.err())
        .contains("ENOENT")
        .contains("offset 512 is no multiple of 1M")
        .contains("\"xM\" in ")
        .contains("lies behind the end, 16777216");
    assertThat(screen.run("fsck", file + ":8M")).isEqualTo(ExitStatus.WARNING);
    assertThat(screen.out()).contains("no lockspace, lease or index was found");
  }
}
