package io.sanlockd.daemon.incarnation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.sanlockd.daemon.lockspace.LockspaceSpec;
import io.sanlockd.daemon.world.MemoryLog;
import io.sanlockd.daemon.world.VirtualClient;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.daemon.world.World;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.LeaseName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Joining again without the long wait (delta-lease.md 12.2, recovery.md 13): only when no process
 * of the former daemon can still run.
 */
class IncarnationTest {
  private static final Machine MACHINE = new Machine("boot1", "pid:[4026531836]", "board/disk");
  private static final Machine NEXT_BOOT = new Machine("boot2", "pid:[4026531836]", "board/disk");
  private static final LeaseName HOST = LeaseName.of("host");
  private static final LockspaceSpec SPEC = new LockspaceSpec(LeaseName.of("LS"), 1, World.DISK, 0);
  private static final int IO_TIMEOUT = 1;

  private final FileSystem files = Jimfs.newFileSystem(Configuration.unix());
  private final Path directory = files.getPath("/run");
  private final Path file = directory.resolve(Incarnation.FILE);
  private final Map<Integer, Long> running = new HashMap<>();
  private final World world = new World().format(IO_TIMEOUT);

  private final ProcessLife processes =
      new ProcessLife() {
        @Override
        public long startTicks(int pid) {
          return running.getOrDefault(pid, -1L);
        }

        @Override
        public boolean gone(int pid, long startTicks) {
          return !running.containsKey(pid) || (startTicks >= 0 && running.get(pid) != startTicks);
        }
      };

  @BeforeEach
  void makeDirectory() throws IOException {
    Files.createDirectory(directory);
  }

  @AfterEach
  void close() throws IOException {
    world.close();
    files.close();
  }

  private Incarnation begin(Machine machine) {
    return begin(machine, HOST);
  }

  private Incarnation begin(Machine machine, LeaseName name) {
    return Incarnation.begin(directory, name, machine, processes, new MemoryLog().prefixed(""));
  }

  /** A daemon joins, a process registers, and the daemon dies. */
  private void formerLife(int... pids) {
    Incarnation former = begin(MACHINE);
    world.daemon(HOST.text(), former).join(1, IO_TIMEOUT);
    for (int pid : pids) {
      running.put(pid, 100L + pid);
      assertThat(former.client(pid)).isTrue();
    }
  }

  private LeaderRecord held() {
    return world.delta(1);
  }

  /** Whether the next daemon has the host_id as soon as a free one is given. */
  private boolean joinsAtOnce(Incarnation incarnation) {
    long before = held().ownerGeneration();
    VirtualDaemon next = world.daemon(HOST.text(), incarnation);
    VirtualClient client = next.client().add("LS", 1, World.DISK, 0, IO_TIMEOUT);
    world.time().advance(2 * IO_TIMEOUT + 1);
    boolean joined = client.replies() == 1 && client.lastResult() == 0;
    assertThat(held().ownerGeneration()).isEqualTo(joined ? before + 1 : before);
    return joined;
  }

  @Test
  void upstreamUnsafeFastReacquireTheNameAloneProvesNothing() throws IOException {
    formerLife();
    Files.delete(file);

    assertThat(joinsAtOnce(begin(MACHINE))).isFalse();
  }

  @Test
  void upstreamUnsafeFastReacquireWithAProcessStillRunningThereIsTheFullWait() {
    formerLife(10, 11);
    running.remove(10);

    assertThat(joinsAtOnce(begin(MACHINE))).isFalse();
  }

  @Test
  void whenEveryRecordedProcessIsGoneTheHostIdIsTakenAtOnce() {
    formerLife(10, 11);
    running.clear();

    assertThat(joinsAtOnce(begin(MACHINE))).isTrue();
  }

  @Test
  void aLaterProcessWithTheSameNumberIsAnotherOne() {
    formerLife(10);
    running.put(10, 5000L);

    assertThat(joinsAtOnce(begin(MACHINE))).isTrue();
  }

  @Test
  void aProcessOfUnknownStartLivesAsLongAsItsNumberIsInUse() {
    formerLife();
    begin(MACHINE);
    Incarnation former = begin(MACHINE);
    former.joined(SPEC, held().ownerGeneration());
    former.client(12);
    running.put(12, 7L);

    assertThat(begin(MACHINE).allowed(SPEC, held())).isFalse();
  }

  @Test
  void afterARebootOfTheSameMachineNothingCanStillRun() {
    formerLife(10);

    assertThat(joinsAtOnce(begin(NEXT_BOOT))).isTrue();
  }

  @Test
  void aCopyOfTheMachineIsNotTheMachine() {
    formerLife(10);
    byte[] record = read();

    assertThat(begin(new Machine("boot2", "pid:[4026531836]", "other/disk")).allowed(SPEC, held()))
        .isFalse();
    write(record);
    assertThat(begin(new Machine("boot2", "pid:[4026531836]", "")).allowed(SPEC, held())).isFalse();
    write(record);
    assertThat(begin(new Machine("boot2", "pid:[1]", "board/disk")).allowed(SPEC, held()))
        .isFalse();
    write(record);
    assertThat(begin(NEXT_BOOT).allowed(SPEC, held())).isTrue();
  }

  @Test
  void processNumbersOfAnotherNamespaceProveNothing() {
    formerLife(10);
    running.clear();

    assertThat(begin(new Machine("boot1", "pid:[2]", "board/disk")).allowed(SPEC, held()))
        .isFalse();
  }

  @Test
  void anUnknownBootIsNeverTheSameNorAnother() {
    formerLife();

    assertThat(begin(new Machine("", "pid:[4026531836]", "board/disk")).allowed(SPEC, held()))
        .isFalse();
  }

  @Test
  void aGenerationThatWeDidNotWriteIsNotOurs() {
    formerLife();
    // As a C daemon with the same name would: the host_id was taken once more in between.
    byte[] record = read();
    assertThat(joinsAtOnce(begin(MACHINE))).isTrue();
    write(record);

    assertThat(begin(MACHINE).allowed(SPEC, held())).isFalse();
  }

  @Test
  void anotherHostNameOrPlaceIsNotOurs() {
    formerLife();
    byte[] record = read();
    LockspaceSpec elsewhere = new LockspaceSpec(SPEC.name(), 1, "/other", 0);

    assertThat(begin(MACHINE, LeaseName.of("host2")).allowed(SPEC, held())).isFalse();
    write(record);
    Incarnation same = begin(MACHINE);
    assertThat(same.allowed(elsewhere, held())).isFalse();
    assertThat(same.allowed(SPEC, held())).isTrue();
  }

  @Test
  void usersThatDidNotRegisterCanNotBeProvenGone() {
    Incarnation former = begin(MACHINE);
    former.joined(SPEC, 1);
    world.daemon(HOST.text()).join(1, IO_TIMEOUT);
    assertThat(former.usedByOthers(SPEC)).isTrue();
    byte[] record = read();

    assertThat(begin(MACHINE).allowed(SPEC, held())).isFalse();
    write(record);
    assertThat(begin(NEXT_BOOT).allowed(SPEC, held())).isTrue();
  }

  @Test
  void whatWasLeftCleanlyHasNoUsers() {
    Incarnation former = begin(MACHINE);
    world.daemon(HOST.text()).join(1, IO_TIMEOUT);
    former.joined(SPEC, 1);
    former.client(10);
    running.put(10, 1L);
    assertThat(former.allowed(SPEC, held())).as("in this life, in use").isFalse();
    former.left(SPEC);
    assertThat(former.allowed(SPEC, held())).as("in this life, left").isTrue();

    assertThat(begin(MACHINE).allowed(SPEC, held())).isTrue();
  }

  @Test
  void aRecordThatIsDamagedAnywhereProvesNothing() {
    formerLife(10);
    running.clear();
    byte[] good = read();
    assertThat(begin(MACHINE).allowed(SPEC, held())).isTrue();

    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x11;
      write(bad);
      // The last newline is where an incomplete line would end.
      if (at < good.length - 1) {
        assertThat(begin(MACHINE).allowed(SPEC, held())).as("byte " + at).isFalse();
      }
    }
  }

  @Test
  void anIncompleteLastLineAnnouncesWhatHadNotHappened() {
    formerLife(10);
    String text = new String(read(), StandardCharsets.US_ASCII);
    int lastLine = text.lastIndexOf('\n', text.length() - 2) + 1;
    write(Arrays.copyOf(read(), lastLine + 5));

    // Process 10 was never allowed to register.
    assertThat(begin(MACHINE).allowed(SPEC, held())).isTrue();
  }

  @Test
  void thousandsOfShortProcessesDoNotMakeTheRecordGrow() throws IOException {
    Incarnation incarnation = begin(MACHINE);
    for (int pid = 1; pid <= 20_000; pid++) {
      running.clear();
      running.put(pid, (long) pid);
      assertThat(incarnation.client(pid)).isTrue();
    }

    assertThat(Files.size(file)).isLessThan(1 << 20);
  }

  @Test
  void whereNothingCanBeWrittenNothingIsBelievedLater() throws IOException {
    formerLife(10);
    Incarnation next = begin(MACHINE);
    Files.delete(file);
    Files.createDirectory(file);
    Files.write(file.resolve("x"), new byte[1], StandardOpenOption.CREATE_NEW);

    assertThat(next.client(11)).isFalse();
  }

  private byte[] read() {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void write(byte[] record) {
    try {
      Files.write(file, record);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
