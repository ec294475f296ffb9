package io.sanlockd.lease.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.area.ResourceArea;
import io.sanlockd.lease.fixture.Io;
import io.sanlockd.lease.fixture.MemoryDisk;
import io.sanlockd.lease.fixture.MemoryStorage;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.Dblock;
import io.sanlockd.lease.format.HostBlock;
import io.sanlockd.lease.format.IndexEntry;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.lease.format.Magic;
import io.sanlockd.lease.format.ModeBlock;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Callable;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceIndexTest {
  private static final long MIB = 1 << 20;
  private static final long INDEX = 20 * MIB;
  private static final long FIRST = INDEX + 2 * MIB;
  private static final long LIMIT = 60_000_000_000L;
  private static final LeaseName ONE = LeaseName.of("one");
  private static final LeaseName TWO = LeaseName.of("two");

  private final World world = new World();
  private final TestHost a = world.joined(1);
  private final TestHost b = world.joined(2);
  private MemoryDisk disk;

  @BeforeEach
  void format() throws Exception {
    disk = a.disk();
    ResourceIndex.format(disk, INDEX, Geometry.S512_A1M, World.SPACE, 0, LIMIT);
    disk.clearTrace();
  }

  private IndexOperation creation(TestHost host, LeaseName name) {
    return IndexOperation.create(host.indexContext(), host.disk(), INDEX, name, 0);
  }

  private IndexAnswer create(LeaseName name) {
    return a.run(creation(a, name));
  }

  private IndexOperation deletion(TestHost host, LeaseName name) {
    return IndexOperation.delete(host.indexContext(), host.disk(), INDEX, name, 0);
  }

  private IndexAnswer lookup(String name, long offset) {
    return a.run(IndexOperation.lookup(a.indexContext(), disk, INDEX, LeaseName.of(name), offset));
  }

  private IndexAnswer rebuild() {
    return a.run(IndexOperation.rebuild(a.indexContext(), disk, INDEX, false));
  }

  private LeaderRecord leaderAt(long offset) {
    return LeaderRecord.decode(BytesStore.wrap(world.disks.get(0).bytes(offset, 512)), 0);
  }

  private IndexEntry entry(int number) {
    byte[] bytes = world.disks.get(0).bytes(INDEX, 4096);
    return IndexEntry.decode(BytesStore.wrap(bytes), 512 + 64L * number);
  }

  private static void isResult(IndexAnswer answer, ResultCode code) {
    assertThat(answer.result()).as(answer.message()).isEqualTo(code.number());
  }

  private static boolean entryWrite(Io io) {
    return io.write() && io.offset() > INDEX && io.offset() < INDEX + MIB;
  }

  @ParameterizedTest
  @ValueSource(strings = {"512-1M", "4096-1M"})
  void formatWritesTheGoldenBytes(String sizes) throws Exception {
    Geometry geometry = sizes.equals("512-1M") ? Geometry.S512_A1M : Geometry.S4096_A1M;
    MemoryDisk fresh = new MemoryDisk(new MemoryStorage("/dev/gold", 16 * MIB), 512, world.clock);
    ResourceIndex.format(fresh, 10 * MIB, geometry, LeaseName.of("GOLD"), 0, LIMIT);
    assertThat(bytes(fresh, 10 * MIB)).startsWith(golden(sizes + "/rindex-formatted.bin"));
    byte[] lease = golden(sizes + "/rindex-lease-formatted.bin");
    // The padding of the request record holds stray bytes there.
    Arrays.fill(lease, geometry.sectorSize() + 20, geometry.sectorSize() + 24, (byte) 0);
    assertThat(bytes(fresh, 11 * MIB)).startsWith(lease);
  }

  private static byte[] bytes(MemoryDisk from, long offset) throws LeaseException {
    byte[] bytes = new byte[64 * 1024];
    try (var buffer = from.read(offset, bytes.length, LIMIT)) {
      buffer.bytes().get(bytes);
    }
    return bytes;
  }

  private static byte[] golden(String name) throws Exception {
    try (InputStream in = ResourceIndexTest.class.getResourceAsStream("/golden/disk/" + name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void creationWritesLeaseThenEntryUnderTheInternalLease() {
    IndexAnswer answer = create(ONE);
    assertThat(answer.result()).isZero();
    assertThat(answer.row().offset()).isEqualTo(FIRST);
    assertThat(leaderAt(FIRST).resourceName()).isEqualTo(ONE);
    assertThat(entry(0)).isEqualTo(new IndexEntry(FIRST, 0, 0, ONE));
    assertThat(leaderAt(INDEX + MIB).lver()).isEqualTo(1);
    assertThat(leaderAt(INDEX + MIB).isFree()).isTrue();
    var writes = disk.trace().stream().filter(Io::write).map(Io::offset).toList();
    assertThat(writes.indexOf(FIRST)).isLessThan(writes.indexOf(INDEX + 512)).isNotNegative();
  }

  @Test
  void lookupKnowsFourForms() {
    create(ONE);
    assertThat(lookup("", 0).row()).isEqualTo(new IndexRow(LeaseName.EMPTY, FIRST + MIB));
    assertThat(lookup("", FIRST).row().name()).isEqualTo(ONE);
    assertThat(lookup("one", 0).row().offset()).isEqualTo(FIRST);
    assertThat(lookup("one", FIRST).result()).isZero();
    isResult(lookup("two", 0), ResultCode.ENOENT);
    IndexAnswer other = lookup("two", FIRST);
    isResult(other, ResultCode.RINDEX_DIFF);
    assertThat(other.row().name()).isEqualTo(ONE);
  }

  @Test
  void deletionFreesEntryThenClearsLease() {
    create(ONE);
    create(TWO);
    assertThat(a.run(deletion(a, ONE)).result()).isZero();
    assertThat(entry(0).isFree()).isTrue();
    assertThat(entry(1).name()).isEqualTo(TWO);
    assertThat(leaderAt(FIRST).magic()).isEqualTo(Magic.PAXOS_CLEARED);
    isResult(a.run(deletion(a, ONE)), ResultCode.ENOENT);
    assertThat(create(ONE).row().offset()).isEqualTo(FIRST);
  }

  @Test
  void rebuildFindsTheLeasesUpToTheEndOfTheDevice() throws Exception {
    create(ONE);
    create(TWO);
    ResourceIndex.format(disk, INDEX, Geometry.S512_A1M, World.SPACE, 0, LIMIT);
    isResult(lookup("two", 0), ResultCode.ENOENT);
    assertThat(rebuild().result()).isZero();
    assertThat(lookup("one", 0).row().offset()).isEqualTo(FIRST);
    assertThat(lookup("two", 0).row().offset()).isEqualTo(FIRST + MIB);
  }

  @Test
  void aCrashBetweenLeaseAndEntryLeavesAnAreaForTheNextCreation() {
    disk.at(ResourceIndexTest::entryWrite).fails(-5);
    assertThat(create(ONE).result()).isEqualTo(-5);
    assertThat(leaderAt(FIRST).resourceName()).isEqualTo(ONE);
    assertThat(create(TWO).row().offset()).isEqualTo(FIRST);
    assertThat(leaderAt(FIRST).resourceName()).isEqualTo(TWO);
  }

  @Test
  void headersThatCanNotBeUsedAreRefused() throws Exception {
    var storage = world.disks.get(0);
    byte[] good = storage.bytes(INDEX, 512);
    checkHeader(good, 0, ResultCode.RINDEX_MAGIC);
    checkHeader(good, 7, ResultCode.RINDEX_VERSION);
    checkHeader(good, 33, ResultCode.RINDEX_LOCKSPACE);
    checkHeader(good, 30, ResultCode.RINDEX_OFFSET);
    checkHeader(good, 8, ResultCode.RINDEX_VERSION);
    checkHeader(good, 13, ResultCode.RINDEX_VERSION);
    checkHeader(good, 19, ResultCode.RINDEX_VERSION);
    byte[] noAlign = good.clone();
    noAlign[8] = 0;
    storage.put(INDEX, noAlign);
    isResult(lookup("one", 0), ResultCode.RINDEX_VERSION);
  }

  private void checkHeader(byte[] good, int damagedByte, ResultCode code) {
    byte[] bad = good.clone();
    bad[damagedByte] ^= (byte) (damagedByte == 8 ? 0x1 : 0xff);
    world.disks.get(0).put(INDEX, bad);
    isResult(lookup("one", 0), code);
  }

  @Test
  void twoHostsCreateAtOnceAndBothSucceed() throws Exception {
    IndexOperation first = creation(a, ONE);
    var slow = a.begin(() -> a.run(first));
    slow.runUntil(ResourceIndexTest::entryWrite);
    b.pause(
        nanos -> {
          world.clock.sleep(nanos);
          if (first.answer().isEmpty()) {
            unchecked(slow::finish);
          }
        });
    assertThat(b.run(creation(b, TWO)).row().offset()).isEqualTo(FIRST + MIB);
    assertThat(lookup("one", 0).row().offset()).isEqualTo(FIRST);
  }

  private static void unchecked(Callable<?> call) {
    try {
      call.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anEntryInFlightKeepsTheInternalLeaseUntilItHasLanded() {
    disk.at(ResourceIndexTest::entryWrite).timesOut();
    IndexOperation operation = creation(a, ONE);
    isResult(a.answer(operation), ResultCode.AIO_TIMEOUT);
    for (int i = 0; i < 30; i++) {
      assertThat(operation.advance()).isInstanceOf(IndexOperation.Step.Wait.class);
      world.clock.advanceSeconds(1);
    }
    isResult(b.run(creation(b, TWO)), ResultCode.ACQUIRE_IDLIVE);
    disk.landLate();
    a.run(operation);
    assertThat(b.run(creation(b, TWO)).row().offset()).isEqualTo(FIRST + MIB);
    assertThat(lookup("one", 0).row().offset()).isEqualTo(FIRST);
  }

  /** rindex.md 14 1. */
  @Test
  void upstreamDefectInternalLeaseReleasedWithoutReleasedFlag() {
    create(ONE);
    LeaderRecord free = leaderAt(INDEX + MIB);
    byte[] block = world.disks.get(0).bytes(INDEX + MIB + 1024, 512);
    Dblock dblock = HostBlock.decode(BytesStore.wrap(block), 0).dblock();
    assertThat(dblock.released()).isTrue();
    // A contender's late commit makes us owner again on disk.
    byte[] sector = new byte[512];
    free.committed(dblock, free.numHosts(), free.flags(), 2, 1, 300)
        .encode(BytesStore.wrap(sector), 0);
    world.disks.get(0).put(INDEX + MIB, sector);
    assertThat(b.run(creation(b, TWO)).result()).isZero();
  }

  /** rindex.md 14 2. */
  @ParameterizedTest
  @ValueSource(longs = {0, -1, -2, 4096, 4_095_999_999L})
  void upstreamDefectEntryNumberOutsideTheIndex(long entry) {
    long offset = FIRST + (entry == 0 ? 512 : entry * MIB);
    var before = world.disks.get(0).content();
    isResult(lookup("", offset), ResultCode.RINDEX_OFFSET);
    isResult(
        a.run(IndexOperation.put(a.indexContext(), disk, INDEX, ONE, offset)),
        ResultCode.RINDEX_OFFSET);
    isResult(
        a.run(IndexOperation.remove(a.indexContext(), disk, INDEX, offset)),
        ResultCode.RINDEX_OFFSET);
    assertThat(world.disks.get(0).content()).isEqualTo(before);
  }

  /** rindex.md 14 3. */
  @Test
  void upstreamDefectDuplicateNames() {
    create(ONE);
    isResult(create(ONE), ResultCode.EEXIST);
    // An old index may hold some: the first one wins.
    a.run(IndexOperation.put(a.indexContext(), disk, INDEX, ONE, FIRST + MIB));
    assertThat(lookup("one", 0).row().offset()).isEqualTo(FIRST);
  }

  /** rindex.md 14 4. */
  @Test
  void upstreamDefectLockspaceNamesOf48Bytes() throws Exception {
    LeaseName longName = LeaseName.of("x".repeat(48));
    ResourceIndex.format(disk, INDEX, Geometry.S512_A1M, longName, 0, LIMIT);
    assertThat(
            ResourceIndex.open(disk, INDEX, longName, LIMIT, Cancellation.NEVER, a.fence())
                .settled())
        .isTrue();
    assertThatThrownBy(
            () ->
                ResourceIndex.open(
                    disk,
                    INDEX,
                    LeaseName.of("x".repeat(47)),
                    LIMIT,
                    Cancellation.NEVER,
                    a.fence()))
        .hasFieldOrPropertyWithValue("result", ResultCode.RINDEX_LOCKSPACE.number());
  }

  /** rindex.md 14 5: what is read late reaches nobody. */
  @Test
  void upstreamDefectIndexUsedAfterItsReadTimedOut() {
    create(ONE);
    disk.at(io -> !io.write() && io.offset() == INDEX && io.length() == MIB)
        .timesOutLandingAfter(15_000_000_000L);
    isResult(create(TWO), ResultCode.AIO_TIMEOUT);
    assertThat(leaderAt(INDEX + MIB).isFree()).isTrue();
    assertThat(entry(1).isFree()).isTrue();
    disk.at(io -> !io.write() && io.offset() == INDEX && io.length() == MIB).before(disk::landLate);
    assertThat(create(TWO).result()).isZero();
    assertThat(entry(0).name()).isEqualTo(ONE);
    assertThat(entry(1).name()).isEqualTo(TWO);
  }

  /** rindex.md 14 6. */
  @Test
  void upstreamDefectTimeoutsOfTheInternalReleaseIgnored() {
    disk.at(io -> io.write() && io.offset() == INDEX + MIB)
        .skip(1)
        .times(2)
        .timesOutLandingAfter(15_000_000_000L);
    assertThat(create(ONE).result()).isZero();
    assertThat(leaderAt(INDEX + MIB).isFree()).isTrue();
    assertThat(disk.lateCount()).isZero();
  }

  /** rindex.md 14 7. */
  @Test
  void upstreamDefectFailedAcquireOfTheInternalLeaseNotWithdrawn() {
    // The leader write times out and lands: without withdrawal the lease would stay ours.
    disk.at(io -> io.write() && io.offset() == INDEX + MIB).timesOutLandingAfter(20_000_000_000L);
    isResult(create(ONE), ResultCode.AIO_TIMEOUT);
    assertThat(leaderAt(INDEX + MIB).isFree()).isTrue();
    assertThat(b.run(creation(b, TWO)).result()).isZero();
  }

  /** rindex.md 14 8. */
  @Test
  void upstreamDefectRebuildTakesForeignAndDamagedLeases() throws Exception {
    create(ONE);
    create(TWO);
    new ResourceArea(disk, FIRST + 2 * MIB)
        .initialize(Geometry.S512_A1M, LeaseName.of("OTHER"), LeaseName.of("x"), 0, LIMIT);
    world.disks.get(0).damage(FIRST + 100);
    assertThat(rebuild().result()).isZero();
    assertThat(entry(0).isFree()).isTrue();
    assertThat(entry(1).name()).isEqualTo(TWO);
    assertThat(entry(2).isFree()).isTrue();
    assertThat(a.log().lines()).anyMatch(l -> l.contains("rebuild skips the lease at " + FIRST));
  }

  /** rindex.md 14 9. */
  @Test
  void upstreamDefectFailingLockspaceDoesNotStopTheOperation() {
    boolean[] fails = {false};
    a.cancellation(() -> fails[0]);
    disk.at(io -> io.write() && io.offset() == FIRST).after(() -> fails[0] = true);
    isResult(create(ONE), ResultCode.ENOSPC);
    assertThat(entry(0).isFree()).isTrue();
  }

  /** Late it could wipe a lease that another host has created there and uses. */
  @Test
  void noAreaIsInitialisedWhenOurHostIdMayBeLost() {
    a.losesLease();
    isResult(create(ONE), ResultCode.ENOSPC);
    assertThat(world.disks.get(0).bytes(FIRST, 512)).containsOnly(0);
  }

  @Test
  void norAnEntryWritten() {
    disk.at(io -> io.write() && io.offset() == FIRST).after(a::losesLease);
    isResult(create(ONE), ResultCode.ENOSPC);
    assertThat(entry(0).isFree()).isTrue();
  }

  @Test
  void norALeaseCleared() {
    create(ONE);
    disk.at(ResourceIndexTest::entryWrite).after(a::losesLease);
    isResult(a.run(deletion(a, ONE)), ResultCode.ENOSPC);
    assertThat(leaderAt(FIRST).resourceName()).isEqualTo(ONE);
  }

  @Test
  void norTheIndexRebuilt() {
    create(ONE);
    a.run(IndexOperation.remove(a.indexContext(), disk, INDEX, FIRST));
    a.losesLease();
    isResult(rebuild(), ResultCode.ENOSPC);
    assertThat(entry(0).isFree()).isTrue();
  }

  @Test
  void whileAnIndexIsWrittenTheFenceIsHeld() {
    boolean[] shut = {true};
    disk.at(ResourceIndexTest::entryWrite).before(() -> shut[0] = a.fence().shut());
    create(ONE);
    assertThat(shut[0]).isFalse();
    assertThat(a.fence().shut()).isTrue();
  }

  /** rindex.md 14 10. */
  @ParameterizedTest
  @ValueSource(ints = {-5, -202})
  void upstreamDefectRebuildDropsWhatItCouldNotRead(int error) {
    create(ONE);
    create(TWO);
    var fault = disk.at(io -> !io.write() && io.offset() == FIRST);
    if (error == -202) {
      fault.timesOutLandingAfter(15_000_000_000L);
    } else {
      fault.fails(error);
    }
    assertThat(rebuild().result()).isEqualTo(error);
    assertThat(entry(0).name()).isEqualTo(ONE);
  }

  /** rindex.md 14 11: an area free in the index may hold a lease in use. */
  @Test
  void upstreamDefectCreationOverwritesALeaseInUse() {
    create(ONE);
    own(FIRST, 2, b.generation());
    a.run(IndexOperation.remove(a.indexContext(), disk, INDEX, FIRST));
    assertThat(create(TWO).row().offset()).isEqualTo(FIRST + MIB);
    assertThat(leaderAt(FIRST).resourceName()).isEqualTo(ONE);
    assertThat(a.run(deletion(a, TWO)).result()).isZero();
    b.leave();
    assertThat(create(TWO).row().offset()).isEqualTo(FIRST);
  }

  /** rindex.md 8: clearing a held lease destroys it. */
  @Test
  void upstreamDefectHeldLeaseDeleted() {
    create(ONE);
    own(FIRST, 2, b.generation());
    isResult(a.run(deletion(a, ONE)), ResultCode.EBUSY);
    assertThat(entry(0).name()).isEqualTo(ONE);
    assertThat(leaderAt(FIRST).ownerId()).isEqualTo(2);
    b.leave();
    assertThat(a.run(deletion(a, ONE)).result()).isZero();
  }

  @Test
  void aSharedLeaseIsNotDeleted() {
    create(ONE);
    byte[] sector = new byte[512];
    new HostBlock(Dblock.of(2, 2, 2, b.generation(), 5, 1, 1), ModeBlock.shared(b.generation()))
        .encode(BytesStore.wrap(sector), 0);
    world.disks.get(0).put(FIRST + 1024 + 512, sector);
    isResult(a.run(deletion(a, ONE)), ResultCode.EBUSY);
  }

  @Test
  void aLeaseTakenDuringItsDeletionStaysInTheIndex() {
    create(ONE);
    disk.at(ResourceIndexTest::entryWrite).after(() -> own(FIRST, 2, b.generation()));
    isResult(a.run(deletion(a, ONE)), ResultCode.EBUSY);
    assertThat(entry(0).name()).isEqualTo(ONE);
    assertThat(leaderAt(FIRST).ownerId()).isEqualTo(2);
  }

  @Test
  void deletionLeavesAnAreaAloneThatIsNotTheLease() {
    create(ONE);
    byte[] foreign = new byte[512];
    Arrays.fill(foreign, (byte) 0x5a);
    world.disks.get(0).put(FIRST, foreign);
    assertThat(a.run(deletion(a, ONE)).result()).isZero();
    assertThat(world.disks.get(0).bytes(FIRST, 512)).isEqualTo(foreign);
  }

  @Test
  void withoutLockspaceNoLeaseIsTaken() {
    create(ONE);
    IndexContext nobody =
        IndexContext.withoutLockspace(
            World.SPACE, new LeaseTimes(10, 60), LIMIT, world.clock, LeaseLog.NONE);
    assertThat(a.run(IndexOperation.rebuild(nobody, disk, INDEX, true)).result()).isZero();
    assertThat(leaderAt(INDEX + MIB).lver()).isEqualTo(1);
    assertThat(lookup("one", 0).row().offset()).isEqualTo(FIRST);
  }

  @Test
  void aFullIndexRefuses() throws Exception {
    ResourceIndex.format(disk, INDEX, Geometry.S512_A1M, World.SPACE, 1, LIMIT);
    assertThat(create(ONE).result()).isZero();
    isResult(create(TWO), ResultCode.ENOENT);
    isResult(lookup("", 0), ResultCode.ENOENT);
  }

  /** A host owns the lease at this offset. */
  private void own(long offset, long hostId, long generation) {
    LeaderRecord free = leaderAt(offset);
    byte[] sector = new byte[512];
    free.committed(
            Dblock.of(hostId, hostId, hostId, generation, 5, 1, 0),
            free.numHosts(),
            free.flags(),
            hostId,
            generation,
            5)
        .encode(BytesStore.wrap(sector), 0);
    world.disks.get(0).put(offset, sector);
  }
}
