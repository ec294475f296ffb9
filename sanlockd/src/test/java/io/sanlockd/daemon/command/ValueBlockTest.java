package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.VirtualClient.resource;
import static io.sanlockd.daemon.world.VirtualClient.shared;
import static io.sanlockd.daemon.world.World.DISK;
import static io.sanlockd.daemon.world.World.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.Clock;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.MessageHeader;
import io.sanlockd.protocol.Resource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SET_LVB, GET_LVB and what releases and conversions write (paxos-lease.md 21). */
class ValueBlockTest {
  private static final int ENOENT = -2;
  private static final int E2BIG = -7;
  private static final int EBUSY = -16;
  private static final int EINVAL = -22;
  private static final int IO_TIMEOUT = 1;
  private static final int SECTOR = 512;
  private static final byte[] VALUE = {1, 1, 0, 0, 5, 0, 0, 0};
  private static final byte[] OTHER = {2, 2, 2, 2, 2, 2, 2, 2};
  private static final byte[] NOTHING = new byte[8];
  private static final long VALUE_OF_R1 = MIB + 2002L * SECTOR;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @AfterEach
  void endWorld() {
    world.close();
  }

  private static VirtualClient holder(VirtualDaemon which, int pid, Resource resource) {
    VirtualClient client = which.registered(pid).acquire(CommandFlags.ACQUIRE_LVB, resource);
    which.world().time().advance(2);
    assertThat(client.lastResult()).isZero();
    return client;
  }

  /** Process 7 holds r1 exclusively and has set VALUE, which is not on disk yet. */
  private VirtualClient holderWithValue() {
    VirtualClient client = holder(daemon, 7, resource(1));
    assertThat(client.setValue(resource(1), VALUE)).isZero();
    return client;
  }

  private byte[] onDisk(int number) {
    byte[] bytes = new byte[8];
    System.arraycopy(
        world.disks().file(DISK).content(), number * MIB + 2002 * SECTOR, bytes, 0, bytes.length);
    return bytes;
  }

  @Test
  void theNextOwnerFindsWhatTheLastOneLeft() {
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient client = holder(daemon, 7, shared(1));
    assertThat(client.value(resource(1), 8)).isEqualTo(NOTHING);
    client.convert(0, resource(1));
    world.time().advance(2);
    assertThat(client.lastResult()).isZero();
    assertThat(client.setValue(resource(1), VALUE)).isZero();
    assertThat(onDisk(1)).isEqualTo(NOTHING);
    assertThat(client.releaseAll().lastResult()).isZero();

    VirtualClient again = holder(daemon, 8, resource(1));
    assertThat(again.value(resource(1), 8)).isEqualTo(VALUE);
    again.releaseAll();
    assertThat(holder(second, 9, resource(1)).value(resource(1), 8)).isEqualTo(VALUE);
  }

  @Test
  void aValueSetUnderASharedLeaseIsNotWritten() {
    VirtualClient client = holder(daemon, 7, shared(1));

    assertThat(client.setValue(resource(1), VALUE)).isZero();
    assertThat(client.value(resource(1), 8)).isEqualTo(VALUE);
    client.releaseAll();

    assertThat(onDisk(1)).isEqualTo(NOTHING);
  }

  @Test
  void makingALeaseSharedWritesTheValueFirst() {
    VirtualClient client = holderWithValue();
    client.convert(0, shared(1));
    world.time().advance(2);
    assertThat(client.lastResult()).isZero();

    assertThat(onDisk(1)).isEqualTo(VALUE);
  }

  /** Otherwise it would be lost although it was accepted: the lease is shared afterwards. */
  @Test
  void noValueIsAcceptedWhileTheModeIsBeingChanged() {
    VirtualClient client = holderWithValue();
    world.disks().file(DISK).writes(Fault.HANG);
    client.convert(0, shared(1));

    VirtualClient other = daemon.client();
    assertThat(other.setValue(resource(1), OTHER)).isEqualTo(EBUSY);
    assertThat(other.value(resource(1), 8)).isEqualTo(VALUE);
    world.disks().file(DISK).heal();
    world.time().advance(1);
    assertThat(client.lastResult()).isZero();
    assertThat(onDisk(1)).isEqualTo(VALUE);
    assertThat(other.setValue(resource(1), OTHER)).isZero();
  }

  @Test
  void theDeathOfTheProcessWritesItToo() {
    VirtualClient client = holderWithValue();
    client.die();
    world.time().advance(1);

    assertThat(onDisk(1)).isEqualTo(VALUE);
    assertThat(world.leader(1).isFree()).isTrue();
  }

  @Test
  void onlyTheFirstBytesChange() {
    VirtualClient client = holderWithValue();
    client.setValue(resource(1), new byte[] {9});

    assertThat(client.value(resource(1), 4)).containsExactly(9, 1, 0, 0);
  }

  /** paxos-lease.md 26 5: at most a sector is told. */
  @Test
  void upstreamDefectValueBlockReadBeyondItsEnd() {
    VirtualClient client = holder(daemon, 7, resource(1));

    assertThat(client.value(resource(1), 0)).hasSize(SECTOR);
    assertThat(client.value(resource(1), 4096)).hasSize(SECTOR);
    assertThat(client.value(resource(1), -1)).hasSize(SECTOR);
  }

  @Test
  void refusals() {
    VirtualClient client = daemon.registered(7).acquire(0, resource(2));
    world.time().advance(0.1);
    holder(daemon, 8, resource(1));

    assertThat(client.setValue(resource(3), VALUE)).isEqualTo(ENOENT);
    assertThat(client.setValue(resource(2), VALUE)).isEqualTo(EINVAL);
    assertThat(client.setValue(resource(1), new byte[SECTOR + 1])).isEqualTo(E2BIG);
    assertThat(client.setValue(resource(1), new byte[4097])).isEqualTo(E2BIG);
    client.send(Command.GET_LVB, 0, 0, 100, resource(3)::encodeWithoutDisks);
    assertThat(client.lastResult()).isEqualTo(ENOENT);
    assertThat(client.connection().lastReply().header().length()).isEqualTo(MessageHeader.LENGTH);
    client.send(Command.GET_LVB, 0, 0, 100, resource(2)::encodeWithoutDisks);
    assertThat(client.lastResult()).isEqualTo(EINVAL);
    client.connection().send(MessageHeader.request(Command.SET_LVB, 0, 100, 0, 0), new byte[0]);
    assertThat(client.lastResult()).isEqualTo(EINVAL);
  }

  @Test
  void aValueThatCanNotBeReadIsZerosAndTheLeaseIsHeld() {
    System.arraycopy(VALUE, 0, world.disks().file(DISK).content(), MIB + 2002 * SECTOR, 8);
    VirtualClient client = daemon.registered(7);
    // Seven transfers take the lease, the eighth reads the value.
    world.disks().file(DISK).atTransfer(7, () -> world.disks().file(DISK).reads(Fault.FAIL));
    client.acquire(CommandFlags.ACQUIRE_LVB, resource(1));
    world.time().advance(0.1);
    world.disks().file(DISK).heal();

    assertThat(client.lastResult()).isZero();
    assertThat(client.value(resource(1), 8)).isEqualTo(NOTHING);
  }

  /** What a repeated release writes must not replace the value of the next owner. */
  @Test
  void aReleaseThatIsRepeatedDoesNotWriteTheValueAgain() {
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient client = holderWithValue();
    // The value is written; the write of the host block times out, the leader is freed.
    world.disks().file(DISK).hangOnly(MIB + 2L * SECTOR);
    client.die();
    world.time().advance(1.2);
    world.disks().file(DISK).hangOnly(-1);
    assertThat(world.leader(1).isFree()).isTrue();
    assertThat(onDisk(1)).isEqualTo(VALUE);

    VirtualClient next = holder(second, 8, resource(1));
    next.setValue(resource(1), OTHER);
    next.releaseAll();
    assertThat(onDisk(1)).isEqualTo(OTHER);
    world.disks().file(DISK).heal();
    world.time().advance(10);

    assertThat(onDisk(1)).isEqualTo(OTHER);
    assertThat(daemon.resources().in(io.sanlockd.daemon.resource.Resource.State.REM)).isEmpty();
  }

  @Test
  void aValueWhoseWriteTimesOutIsWrittenBeforeTheLeaseIsFree() {
    VirtualClient client = holderWithValue();
    world.disks().file(DISK).hangOnly(VALUE_OF_R1);
    client.release(0, resource(1));
    world.time().advance(1.2);
    assertThat(client.lastResult()).isEqualTo(-202);
    assertThat(world.leader(1).isFree()).isFalse();

    world.disks().file(DISK).hangOnly(-1);
    world.disks().file(DISK).heal();
    world.time().advance(5);

    assertThat(onDisk(1)).isEqualTo(VALUE);
    assertThat(world.leader(1).isFree()).isTrue();
  }

  private VirtualClient removeLockspace() {
    VirtualClient remover = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(30);
    return remover;
  }

  private void letTheValueLand() {
    world.disks().file(DISK).hangOnly(-1);
    world.disks().file(DISK).heal();
  }

  /** It would replace what the next owner leaves, who may come as soon as our host_id is free. */
  @Test
  void theLockspaceIsNotLeftWhileAValueMayStillLand() {
    VirtualDaemon second = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient client = holderWithValue();
    world.disks().file(DISK).hangOnly(VALUE_OF_R1);
    client.release(0, resource(1));
    world.time().advance(1.2);

    VirtualClient remover = removeLockspace();
    assertThat(remover.replies()).isZero();
    assertThat(world.delta(1).isFree()).isFalse();
    assertThat(daemon.log().lines()).contains("s1 write in flight blocking lockspace removal");
    VirtualClient other = second.registered(8).acquire(CommandFlags.ACQUIRE_LVB, resource(1));
    world.time().advance(2);
    assertThat(other.lastResult()).isNegative();

    letTheValueLand();
    world.time().advance(3);
    assertThat(remover.lastResult()).isZero();
    VirtualClient next = holder(second, 9, resource(1));
    next.setValue(resource(1), OTHER);
    next.releaseAll();
    world.time().advance(30);
    assertThat(onDisk(1)).isEqualTo(OTHER);
  }

  @Test
  void norWhileThatOfAnAbandonedConversionMay() {
    VirtualClient client = holderWithValue();
    world.disks().file(DISK).hangOnly(VALUE_OF_R1);
    client.convert(0, shared(1));
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(1.2);
    client.die();

    VirtualClient remover = removeLockspace();
    assertThat(remover.replies()).isZero();
    assertThat(world.delta(1).isFree()).isFalse();

    letTheValueLand();
    world.time().advance(3);
    assertThat(remover.lastResult()).isZero();
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void theLockspaceIsNotLeftWhileAValueWaitsForAWorker() {
    VirtualClient client = holderWithValue();
    daemon.workers().stall();
    client.release(0, resource(1));

    VirtualClient remover = removeLockspace();
    assertThat(remover.replies()).isZero();
    assertThat(world.delta(1).isFree()).isFalse();

    daemon.workers().resume();
    world.time().advance(3);
    assertThat(client.lastResult()).isZero();
    assertThat(remover.lastResult()).isZero();
    assertThat(onDisk(1)).isEqualTo(VALUE);
    assertThat(world.leader(1).isFree()).isTrue();
  }

  @Test
  void norWhileThatOfAConversionDoes() {
    VirtualClient client = holderWithValue();
    daemon.workers().stall();
    // By another client: while its own command runs, the end of a connection is not looked for.
    daemon.client().send(Command.CONVERT, 0, 0, client.pid(), shared(1)::encodeWithoutDisks);
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(1.2);
    client.die();

    VirtualClient remover = removeLockspace();
    assertThat(remover.replies()).isZero();
    assertThat(world.delta(1).isFree()).isFalse();

    daemon.workers().resume();
    world.time().advance(3);
    assertThat(remover.lastResult()).isZero();
    assertThat(onDisk(1)).isEqualTo(VALUE);
  }

  @Test
  void norWhileAThreadIsPausedRightBeforeTheWrite() {
    VirtualClient client = holderWithValue();
    pauseNextTransfer(60);
    client.release(0, resource(1));

    VirtualClient remover = removeLockspace();
    assertThat(remover.replies()).isZero();
    assertThat(world.delta(1).isFree()).isFalse();
    assertThat(onDisk(1)).isEqualTo(NOTHING);

    world.time().advance(33);
    assertThat(onDisk(1)).isEqualTo(VALUE);
    assertThat(remover.lastResult()).isZero();
  }

  private void pauseNextTransfer(long seconds) {
    world.disks().file(DISK).atTransfer(0, () -> world.time().sleep(seconds * Clock.SECOND_NANOS));
  }

  @Test
  void aShutdownWaitsForAValueToo() {
    VirtualClient client = holderWithValue();
    world.disks().file(DISK).hangOnly(VALUE_OF_R1);
    client.release(0, resource(1));
    daemon.client().send(Command.SHUTDOWN, 0, 1);
    world.time().advance(30);
    assertThat(world.delta(1).isFree()).isFalse();

    letTheValueLand();
    world.time().advance(3);
    assertThat(world.delta(1).isFree()).isTrue();
  }

  @Test
  void aValueThatHasNotBegunIsCalledOffWhenTheHostIdIsAnothersByNow() {
    VirtualClient client = holderWithValue();
    daemon.workers().stall();
    client.die();
    world.formatLockspace(DISK, 0, "LS", IO_TIMEOUT);
    world.time().advance(4);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();

    daemon.workers().resume();
    world.time().advance(3);
    assertThat(onDisk(1)).isEqualTo(NOTHING);
    assertThat(world.leader(1).isFree()).isFalse();
    assertThat(daemon.resources().in(io.sanlockd.daemon.resource.Resource.State.REM)).isEmpty();
  }

  /** After a suspend the host_id may have been another's for a while (recovery.md 13). */
  @Test
  void afterASuspendAValueWaitsForTheNextRenewal() {
    VirtualClient client = holderWithValue();
    world.time().suspend(IO_TIMEOUT + 0.5);
    client.release(0, resource(1));
    world.time().settle();
    assertThat(client.lastResult()).isEqualTo(-202);
    assertThat(onDisk(1)).isEqualTo(NOTHING);
    assertThat(world.leader(1).isFree()).isFalse();

    world.time().advance(5);
    assertThat(onDisk(1)).isEqualTo(VALUE);
    assertThat(world.leader(1).isFree()).isTrue();
  }
}
