package io.sanlockd.daemon.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import io.sanlockd.client.State;
import io.sanlockd.daemon.world.ChildJvm;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.testing.Skip;
import io.sanlockd.model.testing.Until;
import io.sanlockd.posix.Users;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.Options;
import io.sanlockd.protocol.Resource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon started as root that becomes the user sanlock (recovery.md 11 and 12). Only the removal
 * of limits is left out, because containers forbid it.
 */
@Timeout(300)
class PrivilegedBootTest {
  private static final LeaseName SPACE = LeaseName.of("LS");
  private static final int MIB = 1 << 20;
  private static final int IO_TIMEOUT = 1;
  private static final int KILLED = 128 + 9;
  private static final String NEEDED = "needs root and the user and group sanlock";

  @TempDir private Path directory;
  private final List<Process> started = new ArrayList<>();
  private int uid;
  private int gid;
  private Process daemon;
  private SanlockClient client;
  private Lockspace lockspace;

  /** The daemon as a process, with the limits that it has. */
  static final class WithinLimits {
    private WithinLimits() {}

    public static void main(String[] args) {
      System.exit(SanlockDaemon.start(args, () -> {}));
    }
  }

  @BeforeEach
  void start() throws Exception {
    boolean possible =
        Users.effectiveUid() == 0
            && Users.uid("sanlock").isPresent()
            && Users.gid("sanlock").isPresent();
    Skip.unless(possible, NEEDED);
    uid = Users.uid("sanlock").getAsInt();
    gid = Users.gid("sanlock").getAsInt();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path disk = directory.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(4L * MIB);
    }
    Users.chown(disk.toString(), uid, gid);
    lockspace = new Lockspace(SPACE, 1, 0, new Disk(disk.toString(), 0));
    daemon = startDaemon(WithinLimits.class);
    client =
        new SanlockClient(
            Endpoint.ofRunDirectory(run().toString()).withReadTimeout(120, TimeUnit.SECONDS));
    Until.holds("an answer or the end", () -> answers() || !daemon.isAlive());
    assertThat(daemon.isAlive()).as(log()).isTrue();
  }

  private Process startDaemon(Class<?> main) throws IOException {
    List<String> command =
        ChildJvm.command(
            List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            main,
            "-D",
            "-w",
            "0",
            "-e",
            "host-a",
            "-g",
            "1",
            "-L",
            "-1",
            "-S",
            "-1");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SANLOCK_RUN_DIR", run().toString());
    builder.environment().remove("SANLOCK_PRIVILEGED");
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  @AfterEach
  void stop() {
    for (Process process : started) {
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private Path run() {
    return directory.resolve("run");
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("log"), StandardCharsets.ISO_8859_1);
  }

  private boolean answers() {
    try {
      client.version();
      return true;
    } catch (SanlockException e) {
      return false;
    }
  }

  /** A line of /proc/PID/status without its key. */
  private static List<String> status(long pid, String key) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
            .filter(l -> l.startsWith(key + ":"))
            .findFirst()
            .orElseThrow();
    return Arrays.stream(line.substring(key.length() + 1).strip().split("\\s+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static List<String> fourTimes(int id) {
    String text = Integer.toString(id);
    return List.of(text, text, text, text);
  }

  private static String modes(Path file) throws IOException {
    return Files.getAttribute(file, "unix:uid")
        + ":"
        + Files.getAttribute(file, "unix:gid")
        + " "
        + PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private int helperPid() throws SanlockException {
    State own = client.status().get(0);
    return Integer.parseInt(own.value("helper_pid").orElseThrow());
  }

  private int awaitHelper() throws Exception {
    return awaitHelperOtherThan(-1);
  }

  private int awaitHelperOtherThan(int lost) throws Exception {
    AtomicInteger pid = new AtomicInteger();
    Until.holds(
        "a helper",
        () -> {
          pid.set(helperPid());
          return pid.get() > 0 && pid.get() != lost;
        });
    return pid.get();
  }

  private static ProcessHandle process(int pid) {
    return ProcessHandle.of(pid).orElseThrow();
  }

  @Test
  void theDaemonIsTheUserAndTheHelperStaysRoot() throws Exception {
    int helper = awaitHelper();

    try (var threads = Files.list(Path.of("/proc/" + daemon.pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        long tid = Long.parseLong(thread.getFileName().toString());
        assertThat(status(tid, "Uid")).isEqualTo(fourTimes(uid));
        assertThat(status(tid, "Gid")).isEqualTo(fourTimes(gid));
      }
    }
    assertThat(status(daemon.pid(), "Groups")).contains(Integer.toString(gid)).doesNotContain("0");
    assertThat(status(daemon.pid(), "CapEff")).containsExactly("0000000000000000");
    // Its own files in /proc are its own: it is dumpable.
    assertThat(Files.getAttribute(Path.of("/proc/" + daemon.pid() + "/fd"), "unix:uid"))
        .isEqualTo(uid);
    ProcessHandle keeper = process(helper).parent().orElseThrow();
    assertThat(keeper.parent().orElseThrow().pid()).isEqualTo(daemon.pid());
    for (long pid : new long[] {helper, keeper.pid()}) {
      assertThat(status(pid, "Uid")).isEqualTo(fourTimes(0));
      assertThat(status(pid, "Gid")).isEqualTo(fourTimes(0));
      assertThat(status(pid, "Groups")).isEmpty();
    }
    Path name = Path.of("/proc/" + helper + "/comm");
    Until.holds("its name", () -> Files.readString(name).equals("sanlock-helper\n"));
  }

  @Test
  void theHelperHasNoneOfTheDaemonsDescriptors() throws Exception {
    int helper = awaitHelper();

    Map<Integer, String> own = descriptors(helper);
    assertThat(own.values()).filteredOn(t -> t.contains(":[")).isNotEmpty();
    assertThat(descriptors(daemon.pid()).values()).contains("anon_inode:[eventpoll]");
    // The JVM itself opens files and a socket of its own.
    assertThat(own.entrySet())
        .filteredOn(d -> d.getKey() > 2)
        .extracting(Map.Entry::getValue)
        .filteredOn(t -> t.contains(":["))
        .doesNotContainAnyElementsOf(descriptors(daemon.pid()).values());
  }

  private static Map<Integer, String> descriptors(long pid) throws IOException {
    Map<Integer, String> targets = new TreeMap<>();
    try (var descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        int number = Integer.parseInt(descriptor.getFileName().toString());
        targets.put(number, Files.readSymbolicLink(descriptor).toString());
      }
    }
    return targets;
  }

  @Test
  void filesBelongToWhomTheyBelongInC() throws Exception {
    assertThat(modes(run())).isEqualTo(uid + ":0 rwxrwxr-x");
    assertThat(modes(run().resolve("sanlock.pid"))).isEqualTo("0:0 rw-r--r--");
    assertThat(modes(run().resolve("sanlock.sock"))).isEqualTo(uid + ":" + gid + " rw-rw----");
  }

  /** As root, like this test and its processes. */
  private Process rootProcess() throws Exception {
    List<String> command =
        ChildJvm.command(
            List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            Holder.class,
            run().resolve("sanlock.sock").toString());
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    Until.holds(
        "registration",
        () ->
            client.status().stream()
                .anyMatch(s -> s.entry().data32() == process.pid() && s.value("ci").isPresent()));
    return process;
  }

  private Process holderOfALease() throws Exception {
    client.writeLockspace(lockspace, IO_TIMEOUT);
    client.writeResource(lease(), 0);
    client.addLockspace(lockspace, IO_TIMEOUT);
    Process holder = rootProcess();
    client.acquire((int) holder.pid(), List.of(lease()), Options.NONE);
    return holder;
  }

  private Resource lease() {
    String disk = directory.resolve("disk").toString();
    return Resource.on(SPACE, LeaseName.of("r1"), List.of(new Disk(disk, MIB)));
  }

  @Test
  void aHelperThatIsKilledComesBackAsRootAndKillsAProcessOfRoot() throws Exception {
    int first = awaitHelper();
    Process holder = holderOfALease();
    process(first).destroyForcibly();
    assertThat(status(awaitHelperOtherThan(first), "Uid")).isEqualTo(fourTimes(0));

    client.remLockspace(lockspace);

    assertThat(holder.waitFor()).isEqualTo(KILLED);
    assertThat(client.lockspaces()).isEmpty();
  }

  @Test
  void withoutKeeperTheLastHelperKillsButThereAreNoNewLeasesForRoot() throws Exception {
    int helper = awaitHelper();
    Process holder = holderOfALease();
    Process other = rootProcess();
    process(helper).parent().orElseThrow().destroyForcibly();
    Until.holds("loss of the keeper", () -> log().contains("the keeper of the helper has ended"));

    assertThatThrownBy(() -> client.acquire((int) other.pid(), List.of(lease()), Options.NONE))
        .hasMessageContaining("-11");
    Until.holds(
        "the reason in the log", () -> log().contains("no new lease for pid " + other.pid()));

    client.remLockspace(lockspace);
    assertThat(holder.waitFor()).isEqualTo(KILLED);
  }

  @Test
  void helperAndKeeperEndWithTheDaemonHoweverItEnds() throws Exception {
    ProcessHandle helper = process(awaitHelper());
    ProcessHandle keeper = helper.parent().orElseThrow();

    daemon.destroyForcibly();

    Until.holds("the end of both", () -> !helper.isAlive() && !keeper.isAlive());
  }

  @Test
  void limitsThatCanNotBeRemovedEndAPrivilegedDaemonAtOnce() throws Exception {
    client.shutdown(false);
    assertThat(daemon.waitFor()).isZero();

    Process real = startDaemon(SanlockDaemon.class);

    Until.holds("an answer or the end", () -> answers() || !real.isAlive());
    if (real.isAlive()) {
      assertThat(Files.readString(Path.of("/proc/" + real.pid() + "/limits")))
          .containsPattern("Max locked memory +unlimited +unlimited");
    } else {
      assertThat(real.exitValue()).isEqualTo(1);
      assertThat(log()).contains("cannot set the limits for memlock 1");
    }
  }
}
