package io.sanlockd.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.State;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.area.LockspaceArea;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.LeaseBuffer;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.lease.format.AreaLayout;
import io.sanlockd.lease.format.LeaderRecord;
import io.sanlockd.model.Geometry;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.Disk;
import io.sanlockd.protocol.Lockspace;
import io.sanlockd.protocol.StateRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code sanlock doctor} says about systems that lack something. */
class DoctorTest {
  private static final LeaseName SPACE = LeaseName.of("LS");
  private static final long LIMIT = 10 * Clock.SECOND_NANOS;

  @TempDir Path directory;

  private final Checkup checkup = new Checkup();

  private String findings() {
    StringBuilder text = new StringBuilder();
    for (Finding finding : checkup.all()) {
      text.append(finding.severity())
          .append(' ')
          .append(finding.place())
          .append(": ")
          .append(finding.text())
          .append('\n');
    }
    return text.toString();
  }

  private SanlockClient client() {
    return new SanlockClient(new Endpoint(directory.resolve("sanlock.sock").toString(), 0));
  }

  private void systemFile(String absolute, String text) throws IOException {
    Path file = directory.resolve(absolute.substring(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private static DaemonView daemon(String more, State... others) {
    List<State> states = new ArrayList<>();
    StateRecord record =
        new StateRecord(
            StateRecord.DAEMON, 0, 0, LeaseName.of("us"), "our_host_name=us monotime=1000" + more);
    states.add(new State(record, Optional.empty(), Optional.empty()));
    states.addAll(List.of(others));
    return DaemonView.of(states);
  }

  @Test
  void aMissingDaemonIsAnErrorAndOpenPermissionsAreOne() throws Exception {
    assertThat(new RunDirectoryCheck(checkup, client()).run()).isEmpty();
    assertThat(findings()).contains("ERROR ", "sanlock.sock: is missing: no daemon runs here");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    new RunDirectoryCheck(checkup, client()).run();
    assertThat(findings()).contains("everybody may write");
  }

  @Test
  void aLockFileOfAProcessThatIsGoneIsNoted() throws Exception {
    Files.writeString(directory.resolve("sanlock.pid"), "999999999\n");
    RunDirectoryCheck check = new RunDirectoryCheck(checkup, client());
    check.run();
    assertThat(check.pid()).contains(999999999L);
    assertThat(findings()).contains("NOTE ", "process 999999999 does not run");
  }

  @Test
  void withoutADeviceAWatchdogThatIsUsedIsAnErrorElseANote() {
    SystemFiles files = new SystemFiles(directory);
    new WatchdogCheck(checkup, files, 60).run(Optional.of(daemon(" use_watchdog=1")));
    assertThat(findings()).contains("ERROR /dev/watchdog: is missing");
    Checkup second = new Checkup();
    new WatchdogCheck(second, files, 60).run(Optional.of(daemon(" use_watchdog=0")));
    assertThat(Finding.worst(second.all())).isEqualTo(Severity.WARNING);
  }

  @Test
  void theDriverOfTheDeviceIsNamed() throws Exception {
    systemFile("/dev/watchdog0", "");
    systemFile("/sys/class/watchdog/watchdog0/identity", "iTCO_wdt");
    systemFile("/sys/class/watchdog/watchdog0/timeout", "60");
    new WatchdogCheck(checkup, new SystemFiles(directory), 60).run(Optional.empty());
    assertThat(findings()).contains("OK /dev/watchdog0: iTCO_wdt, timeout 60 s");
    systemFile("/sys/class/watchdog/watchdog0/identity", "Software Watchdog");
    new WatchdogCheck(checkup, new SystemFiles(directory), 60).run(Optional.empty());
    assertThat(findings()).contains("NOTE /dev/watchdog0: Software Watchdog");
  }

  @Test
  void aPoorClockAndScarceSlotsAreNamed() throws Exception {
    systemFile("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet");
    systemFile("/proc/sys/fs/aio-nr", "65000");
    systemFile("/proc/sys/fs/aio-max-nr", "65536");
    systemFile("/proc/77/limits", "Max open files            256                4096    files");
    systemFile("/proc/77/status", "VmLck:\t 0 kB\nVmSwap:\t 512 kB");
    new HostCheck(checkup, new SystemFiles(directory))
        .run(Optional.of(77L), Optional.of(daemon(" helper_pid=0 helper_full_count=0")));
    assertThat(findings())
        .contains("WARNING clock source: hpet")
        .contains("ERROR asynchronous I/O: 65000 of 65536 slots in use")
        .contains("WARNING process 77: may open 256 files")
        .contains("WARNING process 77: 512 kB of it is swapped out")
        .contains("NOTE process 77: its memory is not locked")
        .contains("ERROR helper: does not run");
  }

  @Test
  void latenciesAreJudgedByTheIoTimeoutAndTheAdvicePassesItsOwnJudgement() {
    for (long slowest : new long[] {1, 99_000_000L, 150_000_000L, 1_528_000_000L, 3_000_000_000L}) {
      Latencies latencies = Latencies.of(List.of(slowest, 1L));
      int advice = latencies.recommended(2);
      assertThat(latencies.judge(advice)).as("%d", slowest).isEqualTo(Severity.OK);
      assertThat(advice == 2 || latencies.judge(advice - 1) != Severity.OK).isTrue();
    }
    assertThat(Latencies.of(List.of(1_000_000_000L)).judge(1)).isEqualTo(Severity.ERROR);
    assertThat(Latencies.of(List.of(500_000_000L)).judge(2)).isEqualTo(Severity.WARNING);
  }

  @Test
  void quantilesAreThoseOfTheSortedDurations() {
    List<Long> nanos = new ArrayList<>();
    for (long i = 100; i >= 1; i--) {
      nanos.add(i * 1_000_000);
    }
    assertThat(Latencies.of(nanos).text("reads"))
        .isEqualTo("100 reads: half within 50.0 ms, 99 % within 99.0 ms, slowest 100.0 ms");
  }

  @Test
  void storageIsMeasuredAndNotChanged() throws Exception {
    Path file = leases();
    byte[] before = Files.readAllBytes(file);
    new StorageCheck(checkup, 10, 60).run(new AreaPlace(file.toString(), 0, 0));
    assertThat(findings())
        .contains("direct I/O works", "formatted for 512-byte sectors", "reads of 1024K")
        .doesNotContain("ERROR");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void storageThatIsNoneIsAnError() throws Exception {
    StorageCheck check = new StorageCheck(checkup, 10, 60);
    check.run(new AreaPlace(directory.resolve("none").toString(), 0, 0));
    check.run(new AreaPlace("/dev/null", 0, 0));
    Path small = directory.resolve("small");
    Files.write(small, new byte[4096]);
    check.run(new AreaPlace(small.toString(), 0, 0));
    assertThat(findings())
        .contains("ERROR " + directory.resolve("none") + ": does not exist")
        .contains("ERROR /dev/null: is neither a file nor a block device")
        .contains("is shorter than one area");
  }

  /** A file of 2 MiB with an empty lockspace. */
  private Path leases() throws Exception {
    Path file = directory.resolve("leases");
    try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
      made.setLength(2L << 20);
    }
    try (LeaseDisk disk = new DirectDisks(LeaseLog.NONE).open(file.toString())) {
      new LockspaceArea(disk, 0).initialize(Geometry.S512_A1M, SPACE, 10, LIMIT);
    }
    return file;
  }

  private void own(Path file, long hostId, String name) throws Exception {
    long at = new AreaLayout(Geometry.S512_A1M).deltaLease(hostId);
    try (LeaseDisk disk = new DirectDisks(LeaseLog.NONE).open(file.toString())) {
      LeaderRecord r;
      try (LeaseBuffer sector = disk.read(at, 512, LIMIT)) {
        r = LeaderRecord.decode(sector.store(), 0);
      }
      LeaseBuffer sector = disk.buffer(512);
      new LeaderRecord(
              r.magic(),
              r.version(),
              r.flags(),
              r.sectorSize(),
              0,
              r.maxHosts(),
              hostId,
              1,
              0,
              SPACE,
              LeaseName.of(name),
              900,
              0,
              0,
              0,
              10,
              0,
              0,
              0)
          .sealed()
          .encode(sector.store(), 0);
      disk.write(at, sector, LIMIT);
    }
  }

  private String membership(Path file, long lastSuccess) {
    Lockspace place = new Lockspace(SPACE, 1, 0, new Disk(file.toString(), 0));
    String text =
        String.format(
            Locale.ROOT,
            "list=spaces io_timeout=10 renewal_last_result=1 renewal_last_success=%d",
            lastSuccess);
    StateRecord record = new StateRecord(StateRecord.LOCKSPACE, 0, 1, SPACE, text);
    DaemonView view = daemon("", new State(record, Optional.of(place), Optional.empty()));
    new MembershipCheck(checkup, client(), Optional.of(view)).run(Lockspace.named(SPACE));
    return findings();
  }

  @Test
  void aHostIdOfTwoHostsIsAnError() throws Exception {
    Path file = leases();
    own(file, 1, "other");
    assertThat(membership(file, 995))
        .contains("OK renewal: last renewed 5 s ago")
        .contains("ERROR host_id 1: is ours, but host other has written its record");
  }

  @Test
  void ourOwnHostIdIsFineAndNamesUsedTwiceAreNot() throws Exception {
    Path file = leases();
    own(file, 1, "us");
    own(file, 2, "twin");
    own(file, 5, "twin");
    assertThat(membership(file, 930))
        .contains("ERROR renewal: last renewed 70 s ago")
        .contains("OK host_id 1: is held by us, generation 1")
        .contains("WARNING host_ids 2, 5: both held by a host named twin");
  }

  @Test
  void aLockspaceThatIsNotJoinedIsExaminedOnDisk() throws Exception {
    Path file = leases();
    own(file, 3, "node-c");
    MembershipCheck check = new MembershipCheck(checkup, client(), Optional.of(daemon("")));
    check.run(new Lockspace(SPACE, 3, 0, new Disk(file.toString(), 0)));
    check.run(new Lockspace(SPACE, 4, 0, new Disk(file.toString(), 0)));
    check.run(Lockspace.named(SPACE));
    assertThat(findings())
        .contains("WARNING host_id 3: is held by host node-c")
        .contains("OK host_id 4: is free")
        .contains("ERROR LS: is not joined here");
  }

  @Test
  void theCommandEndsWithAVerdict() {
    Screen screen = new Screen();
    assertThat(screen.run("doctor")).isEqualTo(ExitStatus.BAD);
    assertThat(screen.out()).contains("run directory\n", "Verdict: not ready: ");
    assertThat(screen.run("doctor", "x:1")).isEqualTo(ExitStatus.USAGE);
  }
}
