package io.sanlockd.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.ResultCode;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostEvent;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.IndexEntry;
import io.sanlockd.protocol.Killpath;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.LockspaceFlags;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.ResourceFlags;
import io.sanlockd.protocol.ResourceIndex;
import io.sanlockd.protocol.StateRecord;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against the unmodified C daemon, on a plain file. */
class SanlockClientWithCDaemonTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int NUM_HOSTS_AT = 16;
  private static final LeaseName LS = LeaseName.of("LS1");
  private static final int PID = (int) ProcessHandle.current().pid();

  @TempDir static Path directory;
  private static CDaemon daemon;
  private static SanlockClient client;
  private static Lockspace lockspace;

  @BeforeAll
  static void joinALockspace() throws Exception {
    daemon = CDaemon.start(directory, "host-a");
    client = daemon.client();
    String path = directory.resolve("leases").toString();
    try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
      file.setLength(64L * MEBIBYTE);
    }
    lockspace = new Lockspace(LS, 1, 0, new Disk(path, 0));
    client.writeLockspace(lockspace, 1);
    client.addLockspace(lockspace, 1);
  }

  @AfterAll
  static void stop() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
  }

  private static Resource lease(int number) throws SanlockException {
    Resource resource = unwrittenLease(number);
    client.writeResource(resource, 0);
    return resource;
  }

  private static Resource unwrittenLease(int number) {
    Disk disk = new Disk(lockspace.disk().path(), (long) number * MEBIBYTE);
    return Resource.on(LS, LeaseName.of("r" + number), List.of(disk));
  }

  private static int numberOf(ThrowingCallable call) {
    return catchThrowableOfType(SanlockException.class, call).number();
  }

  @Test
  void theVersionIsThatOfTheDaemon() throws Exception {
    DaemonVersion version = client.version();
    assertThat(version.text()).startsWith("3.");
    assertThat(version.protocol()).isEqualTo(1);
  }

  @Test
  void aJoinedLockspaceIsListedAndInquired() throws Exception {
    assertThat(client.lockspaces()).contains(lockspace);
    assertThat(client.inqLockspace(lockspace, true)).isEqualTo(LockspaceMembership.JOINED);
    assertThat(client.inqLockspace(lockspace.withHostId(2), false))
        .isEqualTo(LockspaceMembership.ABSENT);
    assertThat(numberOf(() -> client.addLockspace(lockspace, 1)))
        .isEqualTo(ResultCode.EEXIST.number());
  }

  @Test
  void aLockspaceIsReadFromDisk() throws Exception {
    Lockspace query = new Lockspace(LeaseName.EMPTY, 0, 0, lockspace.disk());
    LockspaceOnDisk found = client.readLockspace(query);
    assertThat(found.ioTimeoutSeconds()).isEqualTo(1);
    assertThat(found.lockspace().name()).isEqualTo(LS);
    assertThat(found.lockspace().flags()).isEqualTo(Geometry.S512_A1M.apiFlags());
    Lockspace nowhere = new Lockspace(LS, 1, 0, new Disk("/nonexistent", 0));
    assertThat(numberOf(() -> client.readLockspace(nowhere))).isEqualTo(ResultCode.ENODEV.number());
  }

  @Test
  void aRegisteredClientTakesAndGivesBackLeases() throws Exception {
    Resource first = lease(1);
    Resource second = lease(2).withFlags(ResourceFlags.SHARED);
    try (RegisteredClient registered = client.register()) {
      registered.acquire(List.of(first, second), new Options(LeaseName.of("owner"), 0, 0));
      List<Resource> held = registered.inquire();
      assertThat(held).hasSize(2);
      assertThat(held.get(0).disks()).isEqualTo(first.disks());
      assertThat(held.get(0).lver()).isEqualTo(1);
      assertThat(held.get(1).has(ResourceFlags.SHARED)).isTrue();
      assertThat(client.inquire(PID)).isEqualTo(held);
      assertThat(client.readResourceOwners(first).owners())
          .extracting(Host::hostId)
          .containsExactly(1L);
      assertThat(statesOf(StateRecord.CLIENT))
          .anyMatch(state -> state.entry().name().text().equals("owner"));
      registered.convert(second.withFlags(0));
      assertThat(registered.inquire().get(1).has(ResourceFlags.SHARED)).isFalse();
      registered.release(List.of(first));
      assertThat(registered.inquire()).hasSize(1);
      registered.releaseAll();
      assertThat(registered.inquire()).isEmpty();
    }
  }

  @Test
  void leasesAreTakenForAnotherConnectionByPid() throws Exception {
    Resource resource = lease(3);
    try (RegisteredClient registered = client.register()) {
      assertThat(registered.inquire()).isEmpty();
      client.acquire(PID, List.of(resource), Options.NONE);
      assertThat(client.inquire(PID)).hasSize(1);
      assertThat(numberOf(() -> client.acquire(PID, List.of(resource), Options.NONE)))
          .isEqualTo(ResultCode.EEXIST.number());
      client.convert(PID, resource.withFlags(ResourceFlags.SHARED));
      client.release(PID, List.of(resource));
      assertThat(numberOf(() -> client.release(PID, List.of(resource))))
          .isEqualTo(ResultCode.EGENERIC.number());
      client.releaseAll(PID);
    }
    assertThat(numberOf(() -> client.inquire(4_000_000))).isEqualTo(ResultCode.ESRCH.number());
  }

  @Test
  void anOrphanOutlivesItsProcessAndIsReleased() throws Exception {
    Resource resource = lease(4).withFlags(ResourceFlags.PERSISTENT);
    try (RegisteredClient registered = client.register()) {
      registered.acquire(resource);
    }
    awaitOrphan(resource);
    try (RegisteredClient registered = client.register()) {
      assertThat(registered.inquire()).isEmpty();
      assertThat(numberOf(() -> registered.acquire(resource)))
          .isEqualTo(ResultCode.EUCLEAN.number());
      assertThat(client.releaseOrphans(PID, resource)).isEqualTo(1);
    }
  }

  /** The daemon notices the end of a process a moment later. */
  private static void awaitOrphan(Resource resource) throws Exception {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (statesOf(StateRecord.RESOURCE).stream()
        .noneMatch(
            state ->
                state.entry().name().equals(resource.name())
                    && state.value("list").equals(Optional.of("orphan")))) {
      assertThat(System.nanoTime()).as("still no orphan").isLessThan(deadlineNanos);
    }
  }

  @Test
  void numHostsIsHonouredAndAClearedLeaseIsGone() throws Exception {
    Resource resource = unwrittenLease(5);
    client.writeResource(resource, 7);
    assertThat(client.readResource(resource).flags()).isEqualTo(Geometry.S512_A1M.apiFlags());
    assertThat(numHostsOnDisk(5)).isEqualTo(7);
    client.clearResource(resource);
    assertThat(numberOf(() -> client.readResource(resource)))
        .isEqualTo(ResultCode.LEADER_MAGIC.number());
  }

  private static long numHostsOnDisk(int number) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(lockspace.disk().path(), "r")) {
      file.seek((long) number * MEBIBYTE + NUM_HOSTS_AT);
      return Long.reverseBytes(file.readLong());
    }
  }

  @Test
  void valueBlocksAreSetAndRead() throws Exception {
    Resource resource = lease(6);
    try (RegisteredClient registered = client.register()) {
      registered.acquire(List.of(resource), Options.NONE, AcquireFlag.VALUE_BLOCK);
      client.setValueBlock(resource, new byte[] {1, 2, 3});
      assertThat(client.valueBlock(resource)).hasSize(512).startsWith(1, 2, 3, 0);
      assertThat(numberOf(() -> client.setValueBlock(resource, new byte[513])))
          .isEqualTo(ResultCode.E2BIG.number());
    }
  }

  @Test
  void statesAreStreamedWithTheirStructures() throws Exception {
    Resource resource = lease(7);
    try (RegisteredClient registered = client.register()) {
      registered.acquire(resource);
      assertThat(statesOf(StateRecord.DAEMON)).hasSize(1);
      assertThat(statesOf(StateRecord.DAEMON).get(0).value("our_host_name")).contains("host-a");
      assertThat(statesOf(StateRecord.LOCKSPACE).get(0).lockspace().orElseThrow().name())
          .isEqualTo(LS);
      assertThat(statesOf(StateRecord.RESOURCE))
          .anySatisfy(
              state -> {
                assertThat(state.resource().orElseThrow().name()).isEqualTo(resource.name());
                assertThat(state.entry().data32()).isEqualTo(PID);
                assertThat(state.value("list")).contains("held");
              });
    }
    assertThat(client.renewals(LS)).isNotEmpty();
    assertThat(numberOf(() -> client.hostStatus(LeaseName.of("none"))))
        .isEqualTo(ResultCode.ENOSPC.number());
  }

  private static List<State> statesOf(int type) throws SanlockException {
    return client.status().stream().filter(state -> state.entry().type() == type).toList();
  }

  @Test
  void hostsAndEventsAreSeen() throws Exception {
    assertThat(numberOf(() -> client.setEvent(LS, new HostEvent(0, 0, 1, 2))))
        .isEqualTo(ResultCode.EINVAL.number());
    EventChannel channel = client.registerEvents(LS);
    client.setEvent(LS, new HostEvent(2, 1, 1, 2), EventFlag.REPLACE);
    channel.end();
    assertThat(numberOf(() -> client.registerEvents(LeaseName.of("none"))))
        .isEqualTo(ResultCode.ENOENT.number());
    List<Host> hosts = client.hosts(LS, 77);
    assertThat(hosts).hasSize(1);
    assertThat(hosts.get(0).state()).isEqualTo(HostState.FREE);
  }

  @Test
  void settingsRequestsAndLogsAreAnswered() throws Exception {
    Resource resource = lease(8);
    client.setConfig(LS, LockspaceUse.USED_BY_ORPHANS);
    client.setConfig(LS, LockspaceUse.UNUSED_BY_ORPHANS);
    client.request(resource.withLver(3), RequestMode.GRACEFUL);
    client.examineLockspace(LS);
    client.examineResource(resource);
    assertThat(client.align(lockspace.disk())).isEqualTo(MEBIBYTE);
    assertThat(client.logDump()).contains("sanlock daemon started");
    try (RegisteredClient registered = client.register()) {
      registered.killpath(new Killpath("/bin/true", "a"), true);
      registered.acquire(resource);
      registered.releaseAndRename(resource, Resource.named(LS, LeaseName.of("renamed")));
      registered.restrict(RestrictFlag.NO_SIGKILL);
    }
    Resource anyName = Resource.on(LeaseName.EMPTY, LeaseName.EMPTY, resource.disks());
    assertThat(client.readResource(anyName).name()).isEqualTo(LeaseName.of("renamed"));
  }

  @Test
  void anIndexFindsItsLeases() throws Exception {
    ResourceIndex index =
        new ResourceIndex(0, 0, LS, new Disk(lockspace.disk().path(), 40L * MEBIBYTE));
    IndexEntry name = new IndexEntry(LeaseName.of("indexed"), 0, 0);
    client.index().format(index);
    long offset = client.index().create(index, name, 4).offset();
    assertThat(client.index().lookup(index, name).offset()).isEqualTo(offset);
    client.index().rebuild(index);
    client.index().delete(index, name);
    assertThat(numberOf(() -> client.index().lookup(index, name)))
        .isEqualTo(ResultCode.ENOENT.number());
    IndexEntry entry = new IndexEntry(LeaseName.of("e"), 45L * MEBIBYTE, 0);
    assertThat(client.index().put(index, entry)).isEqualTo(entry);
  }

  @Test
  void aSecondLockspaceIsJoinedInTheBackgroundAndLeft() throws Exception {
    Lockspace second =
        new Lockspace(LeaseName.of("LS2"), 3, 0, new Disk(lockspace.disk().path(), 60L * MEBIBYTE));
    client.writeLockspace(second, 1);
    client.addLockspaceAsync(second, 1);
    assertThat(client.lockspaces())
        .filteredOn(found -> found.name().equals(second.name()))
        .extracting(found -> found.flags() & LockspaceFlags.REM)
        .containsExactly(0);
    assertThat(client.inqLockspace(second, true)).isEqualTo(LockspaceMembership.JOINED);
    client.remLockspace(second, RemoveFlag.UNUSED);
    assertThat(client.inqLockspace(second, false)).isEqualTo(LockspaceMembership.ABSENT);
  }

  @Test
  void shutdownIsRefusedWhileALockspaceIsJoined() throws Exception {
    client.shutdown(false);
    assertThat(numberOf(() -> client.shutdownAndWait(false))).isEqualTo(ResultCode.EBUSY.number());
  }

  @Test
  void anIdleDaemonEndsAndTheClientNoticesThatItIsGone(@TempDir Path other) throws Exception {
    try (CDaemon second = CDaemon.start(other, "host-b")) {
      second.client().shutdownAndWait(false);
      assertThat(second.awaitExit()).isTrue();
      assertThat(numberOf(() -> second.client().version()))
          .isEqualTo(ResultCode.ECONNREFUSED.number());
    }
  }
}
