package io.sanlockd.lease.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.Cancellation;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.lease.fixture.Io;
import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.HostBitmap;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import java.util.BitSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Taking, renewing and returning a host_id (delta-lease.md 5 to 7, 12). */
class DeltaLeaseTest {
  private static final long SECOND = 1_000_000_000L;

  private final World world = new World(Geometry.S512_A1M, 8, 1, 2);
  private final TestHost host = world.host(1, 2);

  private long secondsOf(Runnable action) {
    long begin = world.clock.seconds();
    action.run();
    return world.clock.seconds() - begin;
  }

  private static Predicate<Io> write() {
    return Io::write;
  }

  private ResultCode joinFails(TestHost who, boolean mayRejoin) {
    try {
      who.newDeltaLease().acquire(leader -> mayRejoin, Cancellation.NEVER);
    } catch (LeaseException e) {
      return ResultCode.of(e.result()).orElseThrow();
    }
    throw new AssertionError("joined");
  }

  @Test
  void aFreeHostIdIsTakenAfterTheShortWait() {
    assertThat(secondsOf(host::join)).isEqualTo(4);
    LeaderRecord record = world.delta(1);
    assertThat(record.ownedBy(1, 1)).isTrue();
    assertThat(record.ioTimeout()).isEqualTo(2);
    assertThat(host.delta().lastSuccessSeconds()).isLessThanOrEqualTo(host.clock.seconds());
  }

  /** delta-lease.md 12.4: our own longer io_timeout lengthens the wait. */
  @Test
  void upstreamDefectShortWaitIgnoresOurOwnIoTimeout() {
    assertThat(secondsOf(() -> world.host(3, 20).join())).isEqualTo(40);
  }

  @Test
  void everyAcquireTakesTheNextGenerationAndRenewalsDoNot() {
    host.join();
    host.renew();
    host.renew();
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(1);
    assertThat(host.delta().release()).isTrue();
    host.join();
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(2);
  }

  /** delta-lease.md 6.3: debug_renew shows the steps of a renewal. */
  @Test
  void theStepsOfARenewalAreLoggedWhenTheyAreAskedFor() {
    host.join();
    assertThat(host.log().lines()).noneMatch(line -> line.contains("delta_renew begin"));
    host.log().want(LogDetail.RENEWAL);
    world.clock.advanceSeconds(4);
    host.renew();
    assertThat(host.log().lines())
        .containsSubsequence(
            "debug delta_renew begin read",
            "debug delta_renew begin write for new ts " + host.clock.seconds());
  }

  @Test
  void aHeldHostIdIsTakenAfterDeadTime() {
    host.join();
    TestHost again = world.host(1, 2);
    // 8 * 2 + 60, then the short wait.
    assertThat(secondsOf(again::join)).isBetween(80L, 82L);
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(2);
  }

  @Test
  void aLiveOwnerKeepsItsHostId() {
    host.join();
    host.keepRenewing();
    assertThat(joinFails(world.host(1, 2), false)).isEqualTo(ResultCode.HOSTID_BUSY);
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(1);
  }

  /** delta-lease.md 12.2: only when no process of the former incarnation can still run. */
  @Test
  void upstreamDefectFastReacquireAfterADaemonCrash() throws Exception {
    host.join();
    TestHost again = world.host(1, 2);
    long begin = world.clock.seconds();
    again.newDeltaLease().acquire(leader -> true, Cancellation.NEVER);
    assertThat(world.clock.seconds() - begin).isEqualTo(4);
    assertThat(secondsOf(world.host(1, 2)::join)).isGreaterThanOrEqualTo(80);
  }

  @Test
  void aCompetitorThatWroteLastWins() {
    host.spaceDisk
        .at(write())
        .after(
            () -> {
              LeaderRecord ours = world.delta(1);
              world.delta(1, ours.deltaRenewed(2, ours.timestamp() + 1, 0, 0, 0));
            });
    assertThat(joinFails(host, false)).isEqualTo(ResultCode.HOSTID_BUSY);
  }

  /** delta-lease.md 12.4: the short wait of a competitor covers only what follows its read soon. */
  @Test
  void upstreamDefectUnboundedTimeBetweenReadAndWrite() {
    LeaderRecord free = world.delta(1);
    host.spaceDisk
        .at(io -> !io.write())
        .after(
            () -> {
              world.clock.advanceSeconds(30);
              world.delta(1, free.deltaAcquired(1, LeaseName.of("other"), 2, 77));
            });
    assertThat(joinFails(host, false)).isEqualTo(ResultCode.HOSTID_BUSY);
    assertThat(world.delta(1).resourceName()).isEqualTo(LeaseName.of("other"));
  }

  @Test
  void anOwnershipWriteThatTimedOutIsNotRepeatedBeforeItHasSettled() throws Exception {
    host.spaceDisk.at(write()).timesOut();
    DeltaLease lease = host.newDeltaLease();
    assertThatThrownBy(() -> lease.acquire(leader -> false, Cancellation.NEVER))
        .hasFieldOrPropertyWithValue("result", ResultCode.AIO_TIMEOUT.number());
    assertThatThrownBy(() -> lease.acquire(leader -> false, Cancellation.NEVER))
        .hasMessageContaining("still in flight");
    host.spaceDisk.dropLate();
    lease.acquire(leader -> false, Cancellation.NEVER);
    assertThat(lease.current().ownerGeneration()).isEqualTo(1);
  }

  private DeltaLease adopts() throws LeaseException {
    DeltaLease lease = world.host(1, 2).newDeltaLease();
    lease.adopt();
    return lease;
  }

  private void adoptionFails(ResultCode code) {
    LeaderRecord before = world.delta(1);
    assertThatThrownBy(this::adopts).hasFieldOrPropertyWithValue("result", code.number());
    assertThat(world.delta(1)).isEqualTo(before);
  }

  @Test
  void anotherProcessOfTheHostRenewsAndReturnsWhatNobodyRenews() throws Exception {
    host.join();
    DeltaLease adopted = adopts();
    assertThat(adopted.renew(HostNotice.NONE).result()).isEqualTo(ResultCode.OK.number());
    assertThat(world.delta(1).timestamp()).isEqualTo(host.clock.seconds());
    assertThat(adopts().release()).isTrue();
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void aHostIdThatIsRenewedIsNotAdopted() {
    host.join();
    host.keepRenewing();
    assertThatThrownBy(this::adopts)
        .hasFieldOrPropertyWithValue("result", ResultCode.HOSTID_BUSY.number());
    assertThat(host.renew().result()).isEqualTo(ResultCode.OK.number());
  }

  @Test
  void aFreeHostIdIsNotAdopted() {
    adoptionFails(ResultCode.EINVAL);
    host.join();
    assertThat(host.delta().release()).isTrue();
    adoptionFails(ResultCode.EINVAL);
  }

  @Test
  void aHostIdThatOthersMayOwnSoonIsNotAdopted() {
    host.join();
    world.clock.advanceSeconds(8 * 2);
    adoptionFails(ResultCode.ERROR);
  }

  @Test
  void aHostIdTakenBeforeTheHostStartedIsNotAdopted() {
    host.join();
    LeaderRecord record = world.delta(1);
    world.delta(1, record.deltaRenewed(2, host.clock.seconds() + 1000, 0, 0, 0));
    adoptionFails(ResultCode.ERROR);
  }

  /** delta-lease.md 12.5. */
  @Test
  void upstreamDefectAbortDuringTheShortWaitLeavesALease() {
    boolean[] stop = {false};
    world.clock.after(SECOND, () -> stop[0] = true);
    assertThatThrownBy(() -> host.newDeltaLease().acquire(leader -> false, () -> stop[0]))
        .hasFieldOrPropertyWithValue("result", ResultCode.ERROR.number());
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(1);
  }

  /** delta-lease.md 12.8. */
  @Test
  void upstreamDefectExtraFieldsOfTheFormerOwnerSurvive() {
    host.join();
    BitSet bits = new BitSet();
    bits.set(4);
    host.delta().renew(new HostNotice(HostBitmap.of(bits), 5, 6, 7));
    assertThat(world.delta(1).writeId()).isEqualTo(5);
    assertThat(host.delta().release()).isTrue();
    host.join();
    assertThat(world.delta(1).writeId()).isZero();
    assertThat(world.delta(1).writeTimestamp()).isZero();
  }

  @Test
  void aRenewalCountsFromBeforeItsWrite() {
    host.join();
    host.spaceDisk.at(write()).takes(SECOND);
    long before = host.clock.seconds();
    assertThat(host.renew().succeeded()).isTrue();
    assertThat(host.delta().lastSuccessSeconds()).isEqualTo(before);
    assertThat(world.delta(1).timestamp()).isEqualTo(before);
  }

  @Test
  void aForeignOwnerEndsRenewalForGood() {
    host.join();
    LeaderRecord ours = world.delta(1);
    world.delta(1, ours.deltaAcquired(1, LeaseName.of("other"), 2, 9));
    assertThat(host.renew().result()).isEqualTo(ResultCode.RENEW_OWNER.number());
    // delta-lease.md 12.7: a sector that becomes valid again is not renewed.
    world.delta(1, ours);
    assertThat(host.renew().succeeded()).isFalse();
    assertThat(world.delta(1)).isEqualTo(ours);
    assertThat(host.delta().release()).isFalse();
  }

  @Test
  void aRecordThatChangedAfterASuccessIsADifference() {
    host.join();
    LeaderRecord ours = world.delta(1);
    world.delta(1, ours.deltaRenewed(2, ours.timestamp() + 1, 0, 0, 0));
    assertThat(host.renew().result()).isEqualTo(ResultCode.RENEW_DIFF.number());
  }

  @Test
  void afterAFailedAttemptOnlyTheOwnerIsCompared() {
    host.join();
    host.spaceDisk.at(write()).failsButLands(-5);
    assertThat(host.renew().result()).isEqualTo(-5);
    assertThat(host.renew().succeeded()).isTrue();
  }

  @Test
  void anExpiredLeaseIsNotWrittenAgain() {
    host.join();
    world.clock.advanceSeconds(76);
    LeaderRecord before = world.delta(1);
    assertThat(host.renew().succeeded()).isFalse();
    assertThat(world.delta(1)).isEqualTo(before);
  }

  @Test
  void aLeaseWhoseLastRenewalFailedIsNotReturned() {
    host.join();
    host.spaceDisk.at(io -> !io.write()).fails(-5);
    host.renew();
    assertThat(host.delta().release()).isFalse();
    assertThat(world.delta(1).isFree()).isFalse();
    assertThat(host.renew().succeeded()).isTrue();
    assertThat(host.delta().release()).isTrue();
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void aLeaseIsNotReturnedAfterAPause() {
    host.join();
    world.clock.advanceSeconds(16);
    assertThat(host.delta().release()).isFalse();
    assertThat(world.delta(1).isFree()).isFalse();
  }

  @Test
  void aReadThatTimedOutIsReapedInsteadOfReadAgain() {
    host.join();
    host.spaceDisk.at(io -> io.length() > 4096).timesOutLandingAfter(3 * SECOND);
    assertThat(host.renew().result()).isEqualTo(ResultCode.AIO_TIMEOUT.number());
    host.spaceDisk.clearTrace();
    assertThat(host.renew().succeeded()).isTrue();
    assertThat(host.spaceDisk.letters()).isEqualTo("W");
  }
}
