package io.sanlockd.it;

import static io.sanlockd.it.Consumers.LS;
import static io.sanlockd.it.Consumers.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.sanlockd.it.LibraryClient.Lease;
import io.sanlockd.model.testing.Skip;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * libvirt's real lock driver plug-in against the daemon, and what libvirt's guests and scripts do
 * (consumers.md 3 and 13).
 */
@Execution(ExecutionMode.CONCURRENT)
class ConsumerLibvirtIT {
  private static final String SPACE = "__LIBVIRT__DISKS__";
  private static final String DISK = "/images/guest1.img";
  private static final String DISK_MD5 = "057440da58999e69351d23bd37010403";
  private static final int ACTION_PAUSE = 3;
  private static final int ROUNDS = 20;

  @RegisterExtension final Scene scene = new Scene();

  /** A host with libvirt in automatic mode; also joins the lockspace of manual leases. */
  private final class Host {
    final Daemon daemon;
    final Path leases;
    final LibraryClient libvirt;

    Host() throws Exception {
      daemon = scene.daemon(Peers.tested(), "hostA");
      leases = Files.createDirectory(scene.directory().resolve("leases"));
      libvirt = plugIn(daemon.runDirectory());
      assertThat(result(libvirt.ask("init", configuration(leases)))).isZero();
    }

    Path spaceFile() {
      return leases.resolve(SPACE);
    }

    String status() throws IOException {
      return daemon.cli(Implementation.C).client("status").succeeded().out();
    }
  }

  private LibraryClient plugIn(Path runDirectory) throws Exception {
    if (PlugIn.path().isEmpty()) {
      Skip.because("the Debian package libvirt-sanlock is not installed: no " + PlugIn.PATTERN);
    }
    return scene.own(LibraryClient.start(runDirectory, scene.directory(), "consumer/plugin.py"));
  }

  private static String configuration(Path leases) throws IOException {
    Path file = leases.resolveSibling("qemu-sanlock.conf");
    Files.writeString(
        file,
        "auto_disk_leases = 1\nhost_id = 1\nio_timeout = "
            + Consumers.IO_TIMEOUT
            + "\ndisk_lease_dir = \""
            + leases
            + "\"\nuser = \""
            + Ids.USER
            + "\"\ngroup = \""
            + Ids.GROUP
            + "\"\n");
    return file.toString();
  }

  private static int result(JsonObject answer) {
    return answer.get("result").getAsInt();
  }

  private static JsonArray disk() {
    return LibraryClient.array(LibraryClient.array("disk", DISK));
  }

  private static JsonArray leaseThing(Lease lease) {
    return LibraryClient.array(
        "lease", lease.name(), lease.lockspace(), lease.path().toString(), lease.offset());
  }

  private int guest(LibraryClient libvirt, String name, JsonArray things) throws Exception {
    JsonObject guest = libvirt.ask("guest", name, things, ACTION_PAUSE);
    assertThat(result(guest)).as("%s", guest).isZero();
    int pid = guest.get("pid").getAsInt();
    // It outlives the one who started it, as guests do.
    AutoCloseable end = () -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    scene.own(end);
    return pid;
  }

  @Test
  void c01LibvirtPreparesItsLockspace() throws Exception {
    Host host = new Host();
    assertThat(Files.size(host.spaceFile())).isEqualTo(1 << 20);
    assertThat(host.status()).contains("\ns " + SPACE + ":1:" + host.spaceFile() + ":0\n");
    LibraryClient again = plugIn(host.daemon.runDirectory());
    assertThat(result(again.ask("init", configuration(host.leases)))).isZero();
  }

  @Test
  void c03DaemonAbsent() throws Exception {
    Path leases = Files.createDirectory(scene.directory().resolve("leases"));
    Path absent = Files.createDirectory(scene.directory().resolve("absent"));
    LibraryClient libvirt = plugIn(absent);
    assertThat(Files.createFile(leases.resolve(SPACE))).exists();
    assertThat(result(libvirt.ask("init", configuration(leases)))).isZero();
    assertThat(libvirt.ask("guest", "guest1", disk(), ACTION_PAUSE).get("error").getAsString())
        .startsWith("Unable to query sector size ")
        .endsWith(": No such file or directory");
    assertThat(leases.resolve(DISK_MD5)).doesNotExist();
    JsonArray none = new JsonArray();
    JsonObject guest = libvirt.ask("guest", "guest1", none, ACTION_PAUSE);
    assertThat(guest.get("error").getAsString())
        .isEqualTo("Failed to open socket to sanlock daemon: No such file or directory");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var unused = server.bind(UnixDomainSocketAddress.of(absent.resolve("sanlock.sock")));
    }
    assertThat(libvirt.ask("guest", "guest1", none, ACTION_PAUSE).get("error").getAsString())
        .isEqualTo("Failed to open socket to sanlock daemon: Connection refused");
  }

  @Test
  void c06GuestLifeC07SecondGuestC09GuestCrash() throws Exception {
    Host host = new Host();
    Storage manual = scene.storage(Storage.Kind.FILE, 2);
    LibraryClient admin = scene.library(host.daemon);
    assertThat(admin.writeLockspace("LSX", manual.path(), 0)).isZero();
    assertThat(admin.add("LSX", 1, manual.path(), 0)).isZero();
    Lease lease = Lease.at(manual, "LSX", "resx", 1);
    assertThat(admin.write(lease)).isZero();
    JsonArray things = LibraryClient.array(leaseThing(lease));
    things.addAll(disk());

    final int pid = guest(host.libvirt, "guest1", things);
    assertThat(host.status()).contains("\np " + pid + " " + pid + "\n");
    assertThat(result(host.libvirt.ask("acquire", pid, "guest1", things, ""))).isZero();
    String status = host.status();
    assertThat(status).contains("\np " + pid + " guest1\n");
    assertThat(status.lines().filter(line -> line.endsWith(" p " + pid))).hasSize(2);
    String state = host.libvirt.ask("inquire", pid, "guest1", things).get("state").getAsString();
    String diskPlace = SPACE + ":" + DISK_MD5 + ":" + host.leases.resolve(DISK_MD5) + ":0";
    assertThat(state).isEqualTo(lease.text() + ":1 " + diskPlace + ":1");
    JsonObject parsed = admin.ask("state_to_args", state);
    assertThat(parsed.get("count").getAsInt()).isEqualTo(2);

    final int second = guest(host.libvirt, "guest2", disk());
    JsonObject refused = host.libvirt.ask("acquire", second, "guest2", disk(), "");
    assertThat(refused.get("error").getAsString()).isEqualTo("Failed to acquire lock: File exists");
    assertThat(host.libvirt.ask("inquire", pid, "guest1", things).get("state").getAsString())
        .as("the first guest is untouched")
        .isEqualTo(state);

    JsonObject released = host.libvirt.ask("release", pid, "guest1", things);
    assertThat(result(released)).isZero();
    assertThat(released.get("state").getAsString()).isEqualTo(state);
    assertThat(host.status()).contains("\np " + pid + " guest1\n").doesNotContain("\nr ");
    assertThat(result(host.libvirt.ask("acquire", pid, "guest1", things, state))).isZero();
    assertThat(host.libvirt.ask("inquire", pid, "guest1", things).get("state").getAsString())
        .isEqualTo(lease.text() + ":2 " + diskPlace + ":2");

    var unused = host.libvirt.begin("kill", pid).get();
    long startNanos = System.nanoTime();
    Await.until("the guest is forgotten", SOON, () -> !host.status().contains(" " + pid));
    System.out.println(
        "leases of a killed guest gone after "
            + Duration.ofNanos(System.nanoTime() - startNanos).toMillis()
            + " ms");
    Await.until(
        "free on disk", SOON, () -> manual.read(Storage.AREA + 152, Long.BYTES).getLong() == 0);
    assertThat(result(admin.inquire(pid))).isEqualTo(-3);
    assertThat(result(host.libvirt.ask("acquire", pid, "guest1", things, "")))
        .as("libvirt takes -3 for an unregistered guest")
        .isZero();
    assertThat(host.status()).doesNotContain("\nr ");
  }

  @Test
  void c10DescriptorInheritance() throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    LibraryClient admin = scene.library(daemon);
    Consumers.join(admin, storage, 1);
    Lease lease = Consumers.lease(admin, storage, "r1", 1);
    LibraryClient owner = scene.library(daemon);
    owner.register();
    assertThat(owner.acquire(0, lease)).isZero();
    int child = owner.call("fork_sleep");
    owner.kill9();
    assertThat(daemon.cli(Implementation.C).client("status").out())
        .contains(lease.text() + ":1 p " + owner.pid() + "\n");
    assertThat(admin.state(owner.pid())).isEqualTo(lease.text() + ":1");
    ProcessHandle.of(child).orElseThrow().destroyForcibly();
    Await.until("released", SOON, () -> result(admin.inquire(owner.pid())) == -3);
    LibraryClient next = scene.library(daemon);
    next.register();
    assertThat(next.acquire(0, lease)).isZero();
  }

  @Test
  void c12ImmediateReacquire() throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 2);
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    LibraryClient admin = scene.library(daemon);
    Consumers.join(admin, storage, 1);
    Lease lease = Consumers.lease(admin, storage, "r1", 1);
    for (int round = 0; round < ROUNDS; round++) {
      LibraryClient owner = scene.library(daemon);
      owner.register();
      assertThat(owner.acquire(0, lease)).as("round %d", round).isZero();
      owner.kill9();
    }
  }

  @Test
  void c13LockspaceMissing() throws Exception {
    Host host = new Host();
    Storage manual = scene.storage(Storage.Kind.FILE, 2);
    Lease lease = Lease.at(manual, "LSX", "resx", 1);
    JsonArray things = LibraryClient.array(leaseThing(lease));
    int pid = guest(host.libvirt, "guest1", things);
    JsonObject refused = host.libvirt.ask("acquire", pid, "guest1", things, "");
    assertThat(refused.get("error").getAsString())
        .isEqualTo("Failed to acquire lock: No space left on device");
    assertThat(scene.library(host.daemon).state(pid)).isEmpty();
  }

  @Test
  void c14HotPlug() throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 10);
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    LibraryClient libvirt = scene.library(daemon);
    Consumers.join(libvirt, storage, 1);
    Lease[] leases =
        IntStream.rangeClosed(1, 9)
            .mapToObj(area -> Lease.at(storage, LS, "r" + area, area))
            .toArray(Lease[]::new);
    for (Lease lease : leases) {
      assertThat(libvirt.write(lease)).isZero();
    }
    LibraryClient guest = scene.library(daemon);
    guest.register();
    assertThat(guest.call("restrict", 1)).isZero();
    assertThat(libvirt.acquireFor(guest.pid(), 0, "guest", leases)).as("nine").isEqualTo(-22);
    Lease[] eight = Arrays.copyOf(leases, 8);
    assertThat(libvirt.acquireFor(guest.pid(), 0, "guest", eight)).isZero();
    assertThat(libvirt.acquireFor(guest.pid(), 0, "guest", leases[8])).isZero();
    assertThat(libvirt.inquire(guest.pid()).get("count").getAsInt()).isEqualTo(9);
    assertThat(libvirt.releaseFor(guest.pid(), leases[8])).isZero();
    assertThat(libvirt.inquire(guest.pid()).get("count").getAsInt()).isEqualTo(8);
  }

  @Test
  void c15CleanUpScript() throws Exception {
    Storage storage = scene.storage(Storage.Kind.FILE, 1);
    Daemon daemon = scene.daemon(Peers.tested(), "hostA");
    LibraryClient libvirt = scene.library(daemon);
    Consumers.join(libvirt, storage, 1);
    Path used = Files.createFile(scene.directory().resolve("used"));
    Path free = Files.createFile(scene.directory().resolve("free"));
    Lease usedLease = new Lease(LS, "used", used, 0, 0, 0);
    assertThat(libvirt.write(usedLease)).isZero();
    assertThat(libvirt.write(new Lease(LS, "free", free, 0, 0, 0))).isZero();
    LibraryClient guest = scene.library(daemon);
    guest.register();
    assertThat(libvirt.acquireFor(guest.pid(), 0, "guest", usedLease)).isZero();
    for (Implementation program : List.of(Implementation.C, Peers.tested())) {
      assertThat(cleanUp(daemon, program, used)).isEqualTo(1);
      assertThat(used).exists();
      assertThat(libvirt.state(guest.pid())).isEqualTo(usedLease.text() + ":1");
    }
    assertThat(cleanUp(daemon, Implementation.C, free)).isZero();
    Await.until(
        "the lease is forgotten",
        SOON,
        () -> !daemon.cli(Implementation.C).client("status").out().contains(":free:"));
    assertThat(free).as("not made again").doesNotExist();
  }

  private static int cleanUp(Daemon daemon, Implementation program, Path file) throws IOException {
    String resource = LS + ":" + file.getFileName() + ":" + file + ":0";
    Cli cli = daemon.cli(program);
    return Command.run(
            cli.command("client", "command", "-r", resource, "-c", "/bin/rm", "-f", "" + file),
            Map.copyOf(cli.environment()),
            Duration.ofMinutes(1))
        .exit();
  }
}
