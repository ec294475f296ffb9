package io.sanlockd.daemon.command;

import static io.sanlockd.daemon.world.World.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.daemon.lockspace.Lockspace;
import io.sanlockd.daemon.world.MemoryDisks.Fault;
import io.sanlockd.daemon.world.Reply;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Command;
import io.sanlockd.protocol.CommandFlags;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.ProtocolException;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceIndex;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands about resource indexes (protocol.md 8.35 to 8.40; rindex.md). */
class IndexCommandsTest {
  private static final int ENOENT = -2;
  private static final int EBUSY = -16;
  private static final int EEXIST = -17;
  private static final int EINVAL = -22;
  private static final int ENOSPC = -28;
  private static final int RINDEX_MAGIC = -274;
  private static final int RINDEX_LOCKSPACE = -276;
  private static final int RINDEX_OFFSET = -277;
  private static final int RINDEX_DIFF = -278;
  private static final int IO_TIMEOUT = 1;
  private static final String PATH = "/index";
  private static final long FIRST = 2L * MIB;
  private static final int NO_LOCKSPACE = CommandFlags.INDEX_NO_LOCKSPACE;

  private final World world = new World().format(IO_TIMEOUT);
  private final VirtualDaemon daemon = world.daemon("a").join(1, IO_TIMEOUT);

  @BeforeEach
  void format() {
    world.disks().create(PATH, 8 * MIB);
    VirtualClient client = daemon.client();
    client.send(Command.FORMAT_RINDEX, 0, 0, 0, index("LS", PATH, 0)::encode);
    world.time().advance(1);
    assertThat(client.lastResult()).isZero();
  }

  @AfterEach
  void endWorld() {
    world.close();
  }

  private static ResourceIndex index(String space, String path, long offset) {
    return new ResourceIndex(0, 0, LeaseName.of(space), new Disk(path, offset));
  }

  private static VirtualClient begin(
      VirtualDaemon which,
      Command command,
      int flags,
      ResourceIndex index,
      String name,
      long offset) {
    return which
        .client()
        .send(
            command,
            flags,
            0,
            0,
            payload -> {
              index.encode(payload);
              new IndexEntry(LeaseName.of(name), offset, 0).encode(payload);
            });
  }

  private VirtualClient run(
      VirtualDaemon which, Command command, int flags, ResourceIndex index, String name, long at) {
    VirtualClient client = begin(which, command, flags, index, name, at);
    world.time().advance(1);
    return client;
  }

  private VirtualClient run(Command command, int flags, String name, long offset) {
    return run(daemon, command, flags, index("LS", PATH, 0), name, offset);
  }

  private static IndexEntry entry(VirtualClient client) {
    Reply reply = client.connection().lastReply();
    assertThat(reply.header().length()).isEqualTo(96);
    try {
      return IndexEntry.decode(reply.body().duplicate().order(reply.body().order()));
    } catch (ProtocolException e) {
      throw new IllegalStateException(e);
    }
  }

  private static IndexEntry entry(String name, long offset) {
    return new IndexEntry(LeaseName.of(name), offset, 0);
  }

  private static Resource lease(String name, long offset) {
    return Resource.on(LeaseName.of("LS"), LeaseName.of(name), List.of(new Disk(PATH, offset)));
  }

  @Test
  void aLeaseIsCreatedFoundHeldAndDeleted() {
    VirtualClient created = run(Command.CREATE_RESOURCE, 0, "one", 0);
    assertThat(created.lastResult()).isZero();
    assertThat(entry(created)).isEqualTo(entry("", FIRST));

    assertThat(entry(run(Command.LOOKUP_RINDEX, 0, "one", 0))).isEqualTo(entry("one", FIRST));
    assertThat(entry(run(Command.LOOKUP_RINDEX, 0, "", FIRST))).isEqualTo(entry("one", FIRST));
    assertThat(entry(run(Command.LOOKUP_RINDEX, 0, "", 0))).isEqualTo(entry("", FIRST + MIB));
    VirtualClient holder = daemon.registered(7).acquire(0, lease("one", FIRST));
    world.time().advance(1);
    assertThat(holder.lastResult()).isZero();

    VirtualClient refused = run(Command.DELETE_RESOURCE, 0, "one", 0);
    assertThat(refused.lastResult()).isEqualTo(EBUSY);
    assertThat(entry(refused)).isEqualTo(IndexEntry.NONE);
    assertThat(holder.releaseAll().lastResult()).isZero();
    VirtualClient deleted = run(Command.DELETE_RESOURCE, 0, "one", 0);
    assertThat(deleted.lastResult()).isZero();
    assertThat(entry(deleted)).isEqualTo(IndexEntry.NONE);
    assertThat(run(Command.LOOKUP_RINDEX, 0, "one", 0).lastResult()).isEqualTo(ENOENT);
    holder.acquire(0, lease("one", FIRST));
    assertThat(holder.lastResult()).isEqualTo(-223);
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
  }

  @Test
  void upstreamDefectDuplicateNames() {
    assertThat(run(Command.CREATE_RESOURCE, 0, "one", 0).lastResult()).isZero();
    assertThat(run(Command.CREATE_RESOURCE, 0, "one", 0).lastResult()).isEqualTo(EEXIST);
  }

  @Test
  void lookupsThatContradictTheIndexTellWhatItHolds() {
    run(Command.CREATE_RESOURCE, 0, "one", 0);

    VirtualClient different = run(Command.LOOKUP_RINDEX, 0, "two", FIRST);
    assertThat(different.lastResult()).isEqualTo(RINDEX_DIFF);
    assertThat(entry(different)).isEqualTo(entry("one", FIRST));
    VirtualClient misaligned = run(Command.LOOKUP_RINDEX, 0, "", FIRST + 512);
    assertThat(misaligned.lastResult()).isEqualTo(RINDEX_OFFSET);
    assertThat(entry(misaligned)).isEqualTo(IndexEntry.NONE);
    assertThat(run(Command.LOOKUP_RINDEX, 0, "", 1L << 40).lastResult()).isEqualTo(RINDEX_OFFSET);
  }

  @Test
  void updatesRepairSingleEntries() {
    VirtualClient added =
        run(Command.UPDATE_RINDEX, CommandFlags.INDEX_UPDATE_ADD, "x", FIRST + MIB);
    assertThat(added.lastResult()).isZero();
    assertThat(entry(added)).isEqualTo(entry("x", FIRST + MIB));
    int both = CommandFlags.INDEX_UPDATE_ADD | CommandFlags.INDEX_UPDATE_REM;
    VirtualClient removed = run(Command.UPDATE_RINDEX, both, "x", FIRST + MIB);
    assertThat(removed.lastResult()).isZero();
    assertThat(entry(removed)).isEqualTo(IndexEntry.NONE);
    assertThat(run(Command.LOOKUP_RINDEX, 0, "x", 0).lastResult()).isEqualTo(ENOENT);

    assertThat(run(Command.UPDATE_RINDEX, 0, "x", FIRST).lastResult()).isEqualTo(EINVAL);
    assertThat(run(Command.UPDATE_RINDEX, CommandFlags.INDEX_UPDATE_ADD, "", FIRST).lastResult())
        .isEqualTo(EINVAL);
    assertThat(run(Command.UPDATE_RINDEX, CommandFlags.INDEX_UPDATE_REM, "x", 0).lastResult())
        .isEqualTo(EINVAL);
  }

  @Test
  void anUpdateLooksAtTheOffsetBeforeItMissesNameOrFlag() {
    long misaligned = FIRST + 512;
    for (int flags : new int[] {0, CommandFlags.INDEX_UPDATE_ADD, CommandFlags.INDEX_UPDATE_REM}) {
      assertThat(run(Command.UPDATE_RINDEX, flags, "x", misaligned).lastResult())
          .isEqualTo(RINDEX_OFFSET);
      assertThat(run(Command.UPDATE_RINDEX, flags, "", misaligned).lastResult())
          .isEqualTo(RINDEX_OFFSET);
    }
  }

  @Test
  void aRebuildFindsTheLeasesAgain() {
    run(Command.CREATE_RESOURCE, 0, "one", 0);
    run(Command.CREATE_RESOURCE, 0, "two", 0);
    run(Command.UPDATE_RINDEX, CommandFlags.INDEX_UPDATE_REM, "", FIRST);
    assertThat(run(Command.LOOKUP_RINDEX, 0, "one", 0).lastResult()).isEqualTo(ENOENT);

    VirtualClient client = daemon.client();
    client.send(Command.REBUILD_RINDEX, 0, 0, 0, index("LS", PATH, 0)::encode);
    world.time().advance(5);

    assertThat(client.lastResult()).isZero();
    assertThat(client.connection().lastReply().header().length()).isEqualTo(32);
    assertThat(entry(run(Command.LOOKUP_RINDEX, 0, "one", 0))).isEqualTo(entry("one", FIRST));
  }

  @Test
  void theLockspaceMustBeJoinedUnlessTheClientDoesWithout() {
    ResourceIndex other = index("LX", PATH, 0);
    world.disks().create("/other", 4 * MIB);
    daemon.client().send(Command.FORMAT_RINDEX, 0, 0, 0, index("LX", "/other", 0)::encode);
    world.time().advance(1);

    VirtualClient unknown = run(daemon, Command.LOOKUP_RINDEX, 0, other, "", 0);
    assertThat(unknown.lastResult()).isEqualTo(ENOENT);
    assertThat(entry(unknown)).isEqualTo(IndexEntry.NONE);
    assertThat(run(daemon, Command.CREATE_RESOURCE, NO_LOCKSPACE, other, "x", 0).lastResult())
        .isEqualTo(ENOENT);
    assertThat(run(daemon, Command.LOOKUP_RINDEX, NO_LOCKSPACE, other, "", 0).lastResult())
        .isEqualTo(RINDEX_LOCKSPACE);
    ResourceIndex right = index("LX", "/other", 0);
    assertThat(entry(run(daemon, Command.LOOKUP_RINDEX, NO_LOCKSPACE, right, "", 0)))
        .isEqualTo(entry("", FIRST));
    ResourceIndex elsewhere = index("LS", PATH, 4L * MIB);
    assertThat(run(daemon, Command.LOOKUP_RINDEX, 0, elsewhere, "", 0).lastResult())
        .isEqualTo(RINDEX_MAGIC);
    ResourceIndex missing = index("LS", "/none", 0);
    assertThat(run(daemon, Command.LOOKUP_RINDEX, 0, missing, "", 0).lastResult())
        .isEqualTo(ENOENT);
  }

  @Test
  void formatRefusals() {
    VirtualClient client = daemon.client();
    client.send(Command.FORMAT_RINDEX, 0, 0, 0, index("LS", "/none", 0)::encode);
    assertThat(client.lastResult()).isEqualTo(ENOENT);
    ResourceIndex sizes = new ResourceIndex(0x180, 0, LeaseName.of("LS"), new Disk(PATH, 0));
    client.send(Command.FORMAT_RINDEX, 0, 0, 0, sizes::encode);
    assertThat(client.lastResult()).isEqualTo(-1);
  }

  @Test
  void oneOperationAtATimeAndNoRemovalMeanwhile() {
    world.disks().file(PATH).reads(Fault.HANG);
    VirtualClient running =
        begin(daemon, Command.CREATE_RESOURCE, 0, index("LS", PATH, 0), "one", 0);
    VirtualClient second = begin(daemon, Command.LOOKUP_RINDEX, 0, index("LS", PATH, 0), "one", 0);
    assertThat(second.lastResult()).isEqualTo(EBUSY);
    VirtualClient remover = daemon.client().standard(Command.REM_LOCKSPACE, 0);
    assertThat(remover.lastResult()).isEqualTo(EBUSY);

    world.disks().file(PATH).heal();
    world.time().advance(1);
    assertThat(running.lastResult()).isZero();
    assertThat(run(Command.LOOKUP_RINDEX, 0, "one", 0).lastResult()).isZero();
    remover.standard(Command.REM_LOCKSPACE, 0);
    world.time().advance(3);
    assertThat(remover.lastResult()).isZero();
  }

  @Test
  void theInternalLeaseKeepsHostsApartAndIsNoLeaseOfAProcess() {
    VirtualDaemon other = world.daemon("b").join(2, IO_TIMEOUT);
    VirtualClient here = begin(daemon, Command.CREATE_RESOURCE, 0, index("LS", PATH, 0), "a", 0);
    VirtualClient there = begin(other, Command.CREATE_RESOURCE, 0, index("LS", PATH, 0), "b", 0);
    assertThat(daemon.resources().uses(LeaseName.of("LS"))).isFalse();
    world.time().advance(8);

    assertThat(here.lastResult()).isZero();
    assertThat(there.lastResult()).isZero();
    assertThat(entry(here)).isNotEqualTo(entry(there));
  }

  @Test
  void aLockspaceThatFailsStopsTheOperation() {
    world.disks().file(PATH).reads(Fault.HANG);
    VirtualClient running =
        begin(daemon, Command.CREATE_RESOURCE, 0, index("LS", PATH, 0), "one", 0);
    daemon.client().send(Command.SHUTDOWN, 0, 1);
    world.time().advance(0.1);
    VirtualClient late = begin(daemon, Command.LOOKUP_RINDEX, 0, index("LS", PATH, 0), "one", 0);
    assertThat(late.lastResult()).isEqualTo(ENOSPC);
    world.disks().file(PATH).heal();
    world.time().advance(5);

    assertThat(running.lastResult()).isNegative();
    assertThat(daemon.ended()).isTrue();
  }

  /** It could undo what another host has written to the index meanwhile. */
  @Test
  void aLockspaceIsNotLeftWhileAWriteToAnIndexIsInFlight() {
    world.disks().file(PATH).hangOnly(512);
    VirtualClient running =
        begin(daemon, Command.CREATE_RESOURCE, 0, index("LS", PATH, 0), "one", 0);
    world.time().advance(0.5);
    byte[] delta = world.disks().file(World.DISK).content();
    delta[0] ^= 1;
    world.time().advance(5);
    assertThat(running.lastResult()).isNegative();
    assertThat(daemon.lockspaces().in(Lockspace.Phase.ACTIVE)).hasSize(1);
    assertThat(daemon.log().lines()).contains("s1 write in flight blocking lockspace removal");

    world.disks().file(PATH).hangOnly(-1);
    world.disks().file(PATH).heal();
    world.time().advance(2);
    assertThat(daemon.lockspaces().isEmpty()).isTrue();
  }
}
