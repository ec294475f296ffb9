package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.World.DISK;
import static io.sanlockd.daemon.world.World.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ADD and INQ_LOCKSPACE (protocol.md 8.2, 8.16; lockspace.md 3, 5). */
class AddLockspaceTest {
  private static final int EAGAIN = -11;
  private static final int ENOENT = -2;
  private static final int EEXIST = -17;
  private static final int ENOMEM = -12;
  private static final int ENODEV = -19;
  private static final int EINVAL = -22;
  private static final int EMSGSIZE = -90;
  private static final int EINPROGRESS = -115;

  private final World world = new World().format(1);
  private final VirtualDaemon daemon = world.daemon("a");

  @AfterEach
  void endWorld() {
    world.close();
  }

  private int add(String name, long hostId, String path, long offset, int ioTimeout) {
    VirtualClient client = daemon.client().add(name, hostId, path, offset, ioTimeout);
    world.time().advance(30);
    int result = client.lastResult();
    client.disconnect();
    return result;
  }

  private int inquire(String name, long hostId, String path, long offset) {
    VirtualClient client =
        daemon.client().lockspace(Command.INQ_LOCKSPACE, 0, 0, name, hostId, path, offset);
    client.disconnect();
    return client.lastResult();
  }

  @Test
  void theReplyComesWhenTheHostIdIsOurs() {
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, 1);

    assertThat(client.replies()).isZero();
    world.time().advance(1);
    assertThat(client.replies()).isZero();
    world.time().advance(2);

    assertThat(client.lastResult()).isZero();
    assertThat(world.delta(1).ownerId()).isEqualTo(1);
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(1);
    assertThat(inquire("LS", 1, DISK, 0)).isZero();
  }

  @Test
  void withAsyncTheReplyComesAtOnceAndInquireTellsTheRest() {
    VirtualClient client =
        daemon
            .client()
            .lockspace(Command.ADD_LOCKSPACE, CommandFlags.ADD_ASYNC, 1, "LS", 1, DISK, 0);

    assertThat(client.lastResult()).isZero();
    assertThat(inquire("LS", 1, DISK, 0)).isEqualTo(EINPROGRESS);
    world.time().advance(4);
    assertThat(inquire("LS", 1, DISK, 0)).isZero();
    assertThat(client.replies()).isEqualTo(1);
  }

  @Test
  void anAsyncAddThatFailsLeavesNothing() {
    daemon.client().lockspace(Command.ADD_LOCKSPACE, CommandFlags.ADD_ASYNC, 1, "XX", 1, DISK, 0);
    world.time().advance(4);

    assertThat(inquire("XX", 1, DISK, 0)).isEqualTo(ENOENT);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.disks().openDisks()).isZero();
  }

  @Test
  void theSameLockspaceTwiceExistsOrIsInProgress() {
    daemon.client().add("LS", 1, DISK, 0, 1);
    VirtualClient second = daemon.client().add("LS", 1, DISK, 0, 1);
    assertThat(second.lastResult()).isEqualTo(EINPROGRESS);

    world.time().advance(4);
    assertThat(add("LS", 1, DISK, 0, 1)).isEqualTo(EEXIST);
  }

  @Test
  void aLockspaceThatIsBeingRemovedCanNotBeAddedYet() {
    daemon.join(1, 1);
    world.disks().file(DISK).writes(Fault.HANG);
    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(1.2);

    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, 1);

    assertThat(client.lastResult()).isEqualTo(EAGAIN);
    assertThat(inquire("LS", 1, DISK, 0)).isEqualTo(EINPROGRESS);
    world.disks().file(DISK).heal();
    world.time().advance(1);
    assertThat(inquire("LS", 1, DISK, 0)).isEqualTo(ENOENT);
    assertThat(add("LS", 1, DISK, 0, 1)).isZero();
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(2);
  }

  @Test
  void theSameNameWithAnythingDifferentIsRefused() {
    world.formatLockspace(DISK, 15L * MIB, "LS", 1);
    daemon.join(1, 1);

    assertThat(add("LS", 2, DISK, 0, 1)).isEqualTo(EINVAL);
    assertThat(add("LS", 1, DISK, 15L * MIB, 1)).isEqualTo(EINVAL);
    assertThat(daemon.log().lines())
        .contains("add_lockspace LS:2:/disk:0 conflicts with name of list1 s1 LS:1:/disk:0");
  }

  @Test
  void theSamePlaceUnderAnotherNameIsRefused() {
    daemon.client().add("LS", 1, DISK, 0, 1);

    assertThat(daemon.client().add("L2", 1, DISK, 0, 1).lastResult()).isEqualTo(EINVAL);
    assertThat(daemon.log().lines())
        .contains("add_lockspace L2:1:/disk:0 conflicts with path of list2 s1 LS:1:/disk:0");
  }

  @Test
  void theSameDeviceByAnotherPathIsRefusedAndNothingIsWritten() {
    world.disks().link("/other", DISK);
    daemon.join(1, 1);
    world.formatLockspace(DISK, 0, "L2", 1);
    int writes = world.disks().file(DISK).writeCount();

    VirtualClient client = daemon.client().add("L2", 5, "/other", 0, 1);
    world.time().settle();

    assertThat(client.lastResult()).isEqualTo(EINVAL);
    assertThat(world.disks().file(DISK).writeCount()).isEqualTo(writes);
    assertThat(daemon.log().lines())
        .anyMatch(line -> line.contains("overlaps the area of s1 LS:1:/disk:0"));
  }

  @Test
  void anAreaThatOverlapsAnotherIsRefusedUntilThatIsGone() {
    daemon.join(1, 1);
    // A record in the middle of the area of LS, as a careless initialisation would leave it.
    System.arraycopy(
        deltaRecord("L3"), 0, world.disks().file(DISK).content(), MIB - 512 * 400, 512);

    assertThat(daemon.client().add("L3", 1, DISK, MIB - 512 * 400, 1).lastResult())
        .isEqualTo(EINVAL);

    daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(3);
    assertThat(add("L3", 1, DISK, MIB - 512 * 400, 1)).isZero();
  }

  private byte[] deltaRecord(String name) {
    world.disks().create("/scratch", MIB);
    world.formatLockspace("/scratch", 0, name, 1);
    return Arrays.copyOf(world.disks().file("/scratch").content(), 512);
  }

  @Test
  void twoAreasOnOneDeviceByTwoPathsAreFine() {
    world.disks().link("/other", DISK);
    world.formatLockspace(DISK, 15L * MIB, "L2", 1);
    daemon.join(1, 1);

    assertThat(add("L2", 1, "/other", 15L * MIB, 1)).isZero();
  }

  @Test
  void incompleteArgumentsAreRefused() {
    assertThat(add("", 1, DISK, 0, 1)).isEqualTo(EINVAL);
    assertThat(add("LS", 0, DISK, 0, 1)).isEqualTo(EINVAL);
    assertThat(add("LS", 1, "", 0, 1)).isEqualTo(EINVAL);
    assertThat(add("LS", 1, DISK, 0, -1)).isEqualTo(EINVAL);
    assertThat(add("LS", 1, DISK, 0, 256)).isEqualTo(EINVAL);
    assertThat(daemon.log().lines())
        .contains("add_lockspace bad args id 1 name 0 path 5")
        .contains("add_lockspace bad args id 0 name 2 path 5");
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }

  @Test
  void whatIsWrongOnTheDiskIsTold() {
    world.disks().create("/short", 512 * 1024);
    world.disks().create("/blank", MIB);
    world.disks().create("/damaged", MIB);
    world.formatLockspace("/damaged", 0, "LS", 1);
    world.disks().file("/damaged").content()[100] ^= 1;
    world.disks().create("/newer", MIB);
    world.formatLockspace("/newer", 0, "LS", 1);
    world.disks().file("/newer").content()[6] = 9;
    int writes = world.disks().file("/damaged").writeCount();

    assertThat(add("LS", 1, "/missing", 0, 1)).isEqualTo(ENODEV);
    assertThat(add("LS", 1, "/short", MIB, 1)).isEqualTo(EMSGSIZE);
    assertThat(add("LS", 1, "/blank", 0, 1)).isEqualTo(-223);
    assertThat(add("LS", 1, "/newer", 0, 1)).isEqualTo(-224);
    assertThat(add("XX", 1, DISK, 0, 1)).isEqualTo(-226);
    assertThat(add("LS", 1, "/damaged", 0, 1)).isEqualTo(-229);
    assertThat(add("LS", 2001, DISK, 0, 1)).isEqualTo(-231);
    assertThat(add("LS", -1, DISK, 0, 1)).isEqualTo(-231);
    assertThat(add("LS", 1, DISK, -512, 1)).isEqualTo(EINVAL);
    assertThat(add("LS", 1, DISK, 100, 1)).isEqualTo(EINVAL);

    assertThat(world.disks().file("/damaged").writeCount()).isEqualTo(writes);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(world.disks().openDisks()).isZero();
  }

  @Test
  void storageThatHangsIsToldAfterTheIoTimeout() {
    world.disks().file(DISK).hang();
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, 3);

    world.time().advance(2.9);
    assertThat(client.replies()).isZero();
    world.time().advance(0.2);
    assertThat(client.lastResult()).isEqualTo(-202);
  }

  @Test
  void aWriteThatHangsIsToldInTimeAndBlocksTheLockspaceUntilItSettles() {
    world.disks().file(DISK).writes(Fault.HANG);
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, 3);

    world.time().advance(3.5);
    assertThat(client.lastResult()).isEqualTo(-202);
    assertThat(daemon.client().add("LS", 1, DISK, 0, 3).lastResult()).isEqualTo(EAGAIN);
    assertThat(client.replies()).isEqualTo(1);

    world.disks().file(DISK).heal();
    world.time().advance(1);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
    assertThat(client.replies()).isEqualTo(1);
  }

  @Test
  void aHostIdInUseByALiveHostIsBusy() {
    world.daemon("b").join(1, 1);

    assertThat(add("LS", 1, DISK, 0, 1)).isEqualTo(-262);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }

  @Test
  void theHostIdOfADeadHostIsTakenAfterItsDeadTime() {
    VirtualDaemon dead = world.daemon("b").join(1, 1);
    dead.client().standard(Command.REM_LOCKSPACE, 0);
    // The dead host never gave its host_id back.
    byte[] held = Arrays.copyOf(world.disks().file(DISK).content(), 512);
    world.time().advance(5);
    System.arraycopy(held, 0, world.disks().file(DISK).content(), 0, 512);

    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, 1);
    int deadSeconds = new LeaseTimes(1, LeaseTimes.DEFAULT_FIRE_TIMEOUT).deadSeconds();
    world.time().advance(deadSeconds);
    assertThat(client.replies()).isZero();
    world.time().advance(5);

    assertThat(client.lastResult()).isZero();
    assertThat(world.delta(1).ownerGeneration()).isEqualTo(2);
  }

  @Test
  void removalWhileAddingAbortsTheAdd() {
    VirtualClient adding = daemon.client().add("LS", 1, DISK, 0, 5);
    world.time().advance(2);

    VirtualClient removing = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(1.5);

    assertThat(adding.lastResult()).isEqualTo(-201);
    assertThat(removing.lastResult()).isZero();
    assertThat(adding.replies() + removing.replies()).isEqualTo(2);
    assertThat(inquire("LS", 1, DISK, 0)).isEqualTo(ENOENT);
    assertThat(world.delta(1).isFree()).isTrue();
    assertThat(world.disks().openDisks()).isZero();
  }

  @Test
  void inquireMatchesNamePathAndOffsetAndAnyHostIdForZero() {
    daemon.join(1, 1);

    assertThat(inquire("LS", 0, DISK, 0)).isZero();
    assertThat(inquire("LS", 2, DISK, 0)).isEqualTo(ENOENT);
    assertThat(inquire("LS", 1, "", 0)).isEqualTo(ENOENT);
    assertThat(inquire("LS", 1, DISK, MIB)).isEqualTo(ENOENT);
  }

  @Test
  void inquireWithWaitIsAnsweredWhenTheAddEnds() {
    daemon.client().add("LS", 1, DISK, 0, 1);
    VirtualClient good = daemon.client().standard(Command.INQ_LOCKSPACE, CommandFlags.INQ_WAIT);
    VirtualClient unknown =
        daemon
            .client()
            .lockspace(Command.INQ_LOCKSPACE, CommandFlags.INQ_WAIT, 0, "LS", 2, DISK, 0);

    assertThat(unknown.lastResult()).isEqualTo(ENOENT);
    assertThat(good.replies()).isZero();
    world.time().advance(4);
    assertThat(good.lastResult()).isZero();
  }

  @Test
  void inquireWithWaitIsAnsweredWhenTheAddIsAborted() {
    daemon.client().add("LS", 1, DISK, 0, 5);
    VirtualClient waiting = daemon.client().standard(Command.INQ_LOCKSPACE, CommandFlags.INQ_WAIT);

    daemon.client().standard(Command.REM_LOCKSPACE, CommandFlags.REM_ASYNC);
    world.time().advance(2);

    assertThat(waiting.lastResult()).isEqualTo(ENOENT);
  }

  @Test
  void aClientThatGoesAwayDoesNotCancelItsAdd() {
    VirtualClient client = daemon.client().add("LS", 1, DISK, 0, 1);

    client.disconnect();
    world.time().advance(4);

    assertThat(inquire("LS", 1, DISK, 0)).isZero();
    assertThat(client.closed()).isTrue();
    assertThat(daemon.clients().all()).isEmpty();
  }

  @Test
  void withoutAThreadNothingIsAdded() {
    daemon.renewals().outOfThreads();

    assertThat(add("LS", 1, DISK, 0, 1)).isEqualTo(-1);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }

  @Test
  void theNumberOfLockspacesHasALimit() {
    world.disks().file(DISK).hang();
    VirtualClient client = daemon.client();
    for (int i = 0; i < 1000; i++) {
      world.disks().link("/d" + i, DISK);
      client.lockspace(Command.ADD_LOCKSPACE, CommandFlags.ADD_ASYNC, 1, "N" + i, 1, "/d" + i, 0);
      assertThat(client.lastResult()).isZero();
    }

    assertThat(daemon.client().add("one more", 1, DISK, 0, 1).lastResult()).isEqualTo(ENOMEM);
  }
}
