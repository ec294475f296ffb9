package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.client.LockspaceMembership;
import io.sanlockd.client.RegisteredClient;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.testing.Until;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Host;
import io.sanlockd.protocol.HostState;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import io.sanlockd.protocol.StateRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real daemon on a real file, real time and real processes. */
class DaemonWithProcessesTest {
  private static final LeaseName SPACE = LeaseName.of("LS");
  private static final int MIB = 1 << 20;
  private static final int IO_TIMEOUT = 1;
  private static final int KILLED = 128 + 9;

  @TempDir private Path directory;
  private RealDaemon daemon;
  private SanlockClient client;
  private Lockspace lockspace;
  private Path disk;

  @BeforeEach
  void start() throws Exception {
    daemon = RealDaemon.start(directory.resolve("run"), "-w", "0", "-e", "host-a", "-g", "1");
    client = daemon.client();
    disk = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(4L * MIB);
    }
    lockspace = new Lockspace(SPACE, 1, 0, new Disk(disk.toString(), 0));
    client.writeLockspace(lockspace, IO_TIMEOUT);
    for (int i = 1; i <= 3; i++) {
      client.writeResource(lease(i), 0);
    }
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private Resource lease(int number) {
    return Resource.on(
        SPACE, LeaseName.of("r" + number), List.of(new Disk(disk.toString(), (long) number * MIB)));
  }

  private boolean free(int number) throws SanlockException {
    // Whoever can take it for this JVM's own process finds it free.
    try (RegisteredClient self = client.register()) {
      self.acquire(lease(number));
      return true;
    } catch (SanlockException e) {
      return false;
    }
  }

  private boolean joined() throws SanlockException {
    return client.inqLockspace(lockspace, false) == LockspaceMembership.JOINED;
  }

  @Test
  void aLeaseFromTheBeginningToTheEnd() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    assertThat(joined()).isTrue();
    assertThat(client.lockspaces()).containsExactly(lockspace);
    assertThat(client.hosts(SPACE, 1)).extracting(Host::state).containsExactly(HostState.LIVE);

    try (RegisteredClient self = client.register()) {
      self.acquire(List.of(lease(1), lease(2)), Options.NONE);
      assertThat(self.inquire()).extracting(Resource::name).containsExactly(name(1), name(2));
      assertThat(client.inquire((int) ProcessHandle.current().pid())).hasSize(2);
      assertThat(client.status())
          .filteredOn(s -> s.entry().type() == StateRecord.RESOURCE)
          .hasSize(2);
      self.release(List.of(lease(1)));
      assertThat(client.readResource(lease(1)).lver()).isEqualTo(1);
    }
    Until.holds("release of what was held", () -> free(2));
    client.remLockspace(lockspace);
    assertThat(client.inqLockspace(lockspace, false)).isEqualTo(LockspaceMembership.ABSENT);
  }

  private static LeaseName name(int number) {
    return LeaseName.of("r" + number);
  }

  @Test
  void theLeaseOfAProcessThatIsKilledIsFreeAtOnce() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    try (Holder holder = Holder.start(daemon)) {
      client.acquire(holder.pid(), List.of(lease(1)), Options.NONE);
      assertThat(free(1)).isFalse();

      holder.kill();

      Until.holds("lease free", () -> free(1));
    }
  }

  @Test
  void aCorruptLeaseStopsItsProcessesWithTermThenKillAndNobodyElse() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    try (Holder holder = Holder.start(daemon);
        Holder bystander = Holder.start(daemon)) {
      client.acquire(holder.pid(), List.of(lease(1)), Options.NONE);

      overwriteOwnLease();

      holder.expect("term");
      assertThat(holder.awaitExit()).isEqualTo(KILLED);
      Until.holds("lockspace gone", () -> !joined());
      assertThat(bystander.alive()).isTrue();
      assertThatThrownBy(() -> client.acquire(bystander.pid(), List.of(lease(2)), Options.NONE))
          .hasMessageContaining("-28");
    }
  }

  @Test
  void aProcessThatClosesItsConnectionIsKilledAllTheSameBeforeTheLockspaceIsLeft()
      throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    try (Holder holder = Holder.start(daemon)) {
      client.acquire(holder.pid(), List.of(lease(1)), Options.NONE);
      overwriteOwnLease();
      holder.expect("term");

      // Its signal handling does not end it; standard input is read by another thread.
      holder.tell("close");
      holder.expect("closed");

      assertThat(joined() || !holder.alive()).isTrue();
      assertThat(holder.awaitExit()).isEqualTo(KILLED);
      Until.holds("lockspace gone", () -> !joined());
    }
  }

  private void overwriteOwnLease() throws Exception {
    try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(512), 0);
      file.force(true);
    }
  }

  @Test
  void aRemovedLockspaceKillsItsProcesses() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    try (Holder holder = Holder.start(daemon)) {
      client.acquire(holder.pid(), List.of(lease(1)), Options.NONE);

      client.remLockspace(lockspace);

      assertThat(holder.awaitExit()).isEqualTo(KILLED);
      assertThat(client.lockspaces()).isEmpty();
    }
  }

  @Test
  void theSameFileByASymbolicLinkIsTheSameLockspace() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    Path link = Files.createSymbolicLink(directory.resolve("link"), disk);
    Path hard = Files.createLink(directory.resolve("hard"), disk);
    client.writeLockspace(lockspace.withHostId(0), IO_TIMEOUT);
    LeaseName other = LeaseName.of("L2");
    client.writeLockspace(new Lockspace(other, 0, 0, new Disk(link.toString(), 0)), IO_TIMEOUT);

    for (Path path : List.of(link, hard)) {
      Lockspace same = new Lockspace(other, 7, 0, new Disk(path.toString(), 0));
      assertThatThrownBy(() -> client.addLockspace(same, IO_TIMEOUT)).hasMessageContaining("-22");
    }
  }

  @Test
  void aTerminationSignalIsForgottenWhileThereIsALockspaceAndHonouredAfterwards() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    daemon.terminate();
    Until.holds("refusal", () -> client.logDump().contains("ignore shutdown, lockspace exists"));
    client.remLockspace(lockspace);
    assertThat(daemon.ended()).isFalse();

    daemon.terminate();

    Until.holds("end", daemon::ended);
  }

  @Test
  void aForcedShutdownWaitsForTheEndOfItsProcesses() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    try (Holder holder = Holder.start(daemon)) {
      client.acquire(holder.pid(), List.of(lease(1)), Options.NONE);

      client.shutdownAndWait(true);

      assertThat(holder.awaitExit()).isEqualTo(KILLED);
      Until.holds("end", daemon::ended);
    }
  }

  @Test
  void aLeaseInitialisedAnewAfterUseIsTakenAgain() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    try (RegisteredClient self = client.register()) {
      for (int i = 0; i < 20; i++) {
        self.acquire(lease(1));
        self.releaseAll();
      }
      client.writeResource(lease(1), 0);

      self.acquire(lease(1));

      assertThat(self.inquire()).hasSize(1);
    }
  }

  @Test
  void manyShortRequestsLeaveNothingBehind() throws Exception {
    client.addLockspace(lockspace, IO_TIMEOUT);
    long before = descriptors();
    try (RegisteredClient self = client.register()) {
      for (int i = 0; i < 100; i++) {
        self.acquire(lease(1 + i % 3));
        self.releaseAll();
        client.version();
        client.readResource(lease(1));
        client.status();
      }
    }
    Until.holds("descriptors closed", () -> descriptors() <= before);
  }

  private static long descriptors() throws IOException {
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.count();
    }
  }
}
