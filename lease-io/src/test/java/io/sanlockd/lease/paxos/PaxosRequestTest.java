package io.sanlockd.lease.paxos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.lease.fixture.TestHost;
import io.sanlockd.lease.fixture.World;
import io.sanlockd.lease.format.RequestRecord;
import io.sanlockd.model.ResultCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PaxosRequestTest {
  private final World world = new World();
  private final TestHost a = world.joined(1);
  private final TestHost b = world.joined(2);
  private final PaxosRequest asked = new PaxosRequest(b.replicas());

  private static void fails(ThrowingCallable call, ResultCode code) {
    assertThatThrownBy(call).hasFieldOrPropertyWithValue("result", code.number());
  }

  @Test
  void aRequestForTheNextVersionReachesTheHolder() throws Exception {
    AcquireOutcome.Granted held = a.takes();
    assertThat(asked.set(0, PaxosRequest.FORCE, true)).isEqualTo(1);
    RequestRecord request =
        new PaxosRequest(a.replicas()).pending(held.leader().lver()).orElseThrow();
    assertThat(request.lver()).isEqualTo(2);
    assertThat(request.forceMode()).isEqualTo(PaxosRequest.FORCE);
  }

  @Test
  void aRequestForTheHeldVersionIsOld() {
    a.takes();
    fails(() -> asked.set(1, PaxosRequest.FORCE, false), ResultCode.REQUEST_OLD);
    fails(() -> asked.set(0, PaxosRequest.FORCE, false), ResultCode.REQUEST_OLD);
  }

  @Test
  void aRequestOfAFreeLeaseWritesNothing() throws Exception {
    long before = world.disks.get(0).writes();
    assertThat(asked.set(9, PaxosRequest.FORCE, false)).isZero();
    assertThat(world.disks.get(0).writes()).isEqualTo(before);
  }

  @Test
  void aLaterRequestIsNotReplacedByAnEarlierOne() throws Exception {
    a.takes();
    asked.set(5, PaxosRequest.GRACEFUL, false);
    fails(() -> asked.set(4, PaxosRequest.FORCE, false), ResultCode.REQUEST_LVER);
    assertThat(asked.set(5, PaxosRequest.FORCE, false)).isEqualTo(1);
  }

  @Test
  void aReachedRequestIsNoLongerPending() throws Exception {
    AcquireOutcome.Granted held = a.takes();
    asked.set(2, PaxosRequest.FORCE, false);
    a.releases(held);
    AcquireOutcome.Granted next = b.takes();
    assertThat(new PaxosRequest(b.replicas()).pending(next.leader().lver())).isEmpty();
  }

  @Test
  void aClearedRequestIsNoLongerPending() throws Exception {
    AcquireOutcome.Granted held = a.takes();
    asked.set(7, PaxosRequest.FORCE, false);
    assertThat(asked.set(0, PaxosRequest.NONE, false)).isZero();
    assertThat(new PaxosRequest(a.replicas()).pending(held.leader().lver())).isEmpty();
  }

  @Test
  void whatIsNoRequestRecordIsNotWrittenOver() {
    a.takes();
    world.disks.get(0).damage(World.RESOURCE_OFFSET + 512);
    fails(() -> asked.set(2, PaxosRequest.FORCE, false), ResultCode.REQUEST_MAGIC);
    fails(() -> asked.set(0, PaxosRequest.NONE, false), ResultCode.REQUEST_MAGIC);
  }

  @Test
  void anotherMajorVersionIsNotWrittenOver() {
    a.takes();
    world.disks.get(0).damage(World.RESOURCE_OFFSET + 512 + 7);
    fails(() -> asked.set(2, PaxosRequest.FORCE, false), ResultCode.REQUEST_VERSION);
  }
}
