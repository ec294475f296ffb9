package io.sanlockd.cli.operate;

import io.sanlockd.cli.operate.FoundArea.LockspaceArea;
import io.sanlockd.lease.LeaseException;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.disk.DirectDisks;
import io.sanlockd.lease.disk.LeaseDisk;
import io.sanlockd.model.ResultCode;
import io.sanlockd.posix.Fd;
import io.sanlockd.posix.FileStatus;
import io.sanlockd.posix.MonotonicClock;
import io.sanlockd.posix.OpenFlags;
import io.sanlockd.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sanlock fsck}: checks what lies on a disk and writes nothing. */
@Command(
    name = "sanlock fsck",
    description = {
      "Checks the lockspaces, leases and resource indexes of a file or device: every record and"
          + " checksum, whether owners are alive, whether areas overlap, whether an index agrees"
          + " with the leases behind it.",
      "Writes nothing: the disk is opened for reading only, so it may be used on a running system."
          + " Needs no daemon. To tell living hosts from silent ones it watches their host_ids for"
          + " one renewal.",
      "It repairs nothing. A lease may have copies on other disks, and none of them tells so: while"
          + " one copy is damaged hosts go on to decide by the others, and a copy written anew would"
          + " vote for a past that never was. Only who knows all disks of a lease, and keeps every"
          + " host out until the write is done, can repair it: then 'sanlock client init' makes it"
          + " new, and 'sanlock client rebuild' corrects an index."
    },
    footer = {
      "",
      ExitStatus.TEXT,
      "",
      "Examples:",
      "  sanlock fsck /dev/vg/leases",
      "  sanlock fsck /dev/vg/leases:1M:64M",
      "  sanlock fsck /dev/vg/leases --watch-seconds 150    long enough to prove hosts dead"
    })
final class FsckCommand implements Callable<Integer> {
  private static final int USUAL = -1;

  private final Setting setting;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH[:OFFSET[:SIZE]]",
      description = "What to check; numbers may end in M. A backslash protects a colon in PATH.")
  private String place;

  @Option(
      names = "--watch-seconds",
      paramLabel = "SECONDS",
      description =
          "How long to wait for renewals of hosts, 0 not at all; two io_timeouts and 3 s when not"
              + " given.")
  private int watchSeconds = USUAL;

  @Option(
      names = "--io-timeout",
      paramLabel = "SECONDS",
      description = "Limit of one read (${DEFAULT-VALUE}).")
  private int ioTimeout = 10;

  @Option(names = "--json", description = "Prints JSON (docs/json.md).")
  private boolean wantsJson;

  FsckCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    AreaPlace wanted = parsed();
    long timeoutNanos = TimeUnit.SECONDS.toNanos(ioTimeout);
    try (LeaseDisk disk = DirectDisks.readOnly(LeaseLog.NONE).open(wanted.path())) {
      long size = size(wanted.path());
      long end = wanted.size() == 0 ? size : Math.min(size, wanted.offset() + wanted.size());
      if (wanted.offset() >= size) {
        throw new LeaseException(
            ResultCode.EMSGSIZE, "offset " + wanted.offset() + " lies behind the end, " + size);
      }
      AreaScan scan = new AreaScan(disk, timeoutNanos);
      scan.run(wanted.offset(), end);
      HostWatch watch =
          new HostWatch(
              disk,
              MonotonicClock::nanos,
              LockSupport::parkNanos,
              setting.fireTimeoutSeconds().getAsInt(),
              timeoutNanos);
      watch(watch, scan.areas());
      return report(wanted, scan, new FsckReport(scan.areas(), watch));
    } catch (LeaseException | PosixException e) {
      setting.console().error("sanlock: fsck of " + wanted.path() + ": " + e.getMessage());
      return ExitStatus.USAGE;
    }
  }

  private AreaPlace parsed() {
    if (ioTimeout < 1 || ioTimeout > 255) {
      throw new ParameterException(
          spec.commandLine(), "sanlock: --io-timeout " + ioTimeout + " is not in 1..255");
    }
    try {
      return AreaPlace.parse(place);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "sanlock: " + e.getMessage(), e);
    }
  }

  private static long size(String path) throws PosixException {
    int fd = Fd.open(path, OpenFlags.RDONLY | OpenFlags.CLOEXEC);
    try {
      return FileStatus.of(fd).sizeBytes();
    } finally {
      Fd.close(fd);
    }
  }

  private void watch(HostWatch watch, List<FoundArea> areas) throws LeaseException {
    List<LockspaceArea> lockspaces = new ArrayList<>();
    for (FoundArea area : areas) {
      if (area instanceof LockspaceArea lockspace) {
        lockspaces.add(lockspace);
      }
    }
    int usual = HostWatch.usualSeconds(lockspaces);
    int seconds = watchSeconds == USUAL ? usual : watchSeconds;
    if (usual > 0 && seconds > 0 && !wantsJson) {
      setting.console().error("sanlock: watching for renewals, up to " + seconds + " s");
    }
    watch.watch(lockspaces, seconds);
  }

  private int report(AreaPlace wanted, AreaScan scan, FsckReport report) {
    List<Finding> all = new ArrayList<>(scan.findings());
    report.lines().forEach(line -> all.addAll(line.findings()));
    if (scan.areas().isEmpty() && scan.findings().isEmpty()) {
      all.add(
          new Finding(
              Severity.WARNING,
              wanted.path(),
              "no lockspace, lease or index was found; check path and offset"));
    }
    int status = Finding.worst(all).exitStatus();
    if (wantsJson) {
      setting.console().line(Json.document("fsck", status, json(wanted, scan, report, all)));
    } else {
      print(scan, report, all);
    }
    return status;
  }

  private void print(AreaScan scan, FsckReport report, List<Finding> all) {
    Console console = setting.console();
    for (FsckReport.Line line : report.lines()) {
      console.entry(String.format("%12d  ", line.area().offset()), line.what(), " ".repeat(16));
      line.details().forEach(detail -> console.entry(" ".repeat(16), detail, " ".repeat(18)));
      line.findings().forEach(finding -> print(finding, "              "));
    }
    List<Finding> rest = new ArrayList<>(all);
    report.lines().forEach(line -> rest.removeAll(line.findings()));
    rest.forEach(finding -> print(finding, ""));
    console.line("");
    console.line(
        scan.areas().size()
            + " areas; "
            + Finding.count(all, Severity.ERROR)
            + " errors, "
            + Finding.count(all, Severity.WARNING)
            + " warnings: "
            + switch (Finding.worst(all)) {
              case OK, NOTE -> "clean";
              case WARNING -> "usable, but look at the warnings";
              case ERROR -> "damaged";
            });
  }

  private void print(Finding finding, String indent) {
    setting
        .console()
        .line(indent + finding.severity() + "  " + finding.place() + ": " + finding.text());
  }

  private static Object json(
      AreaPlace wanted, AreaScan scan, FsckReport report, List<Finding> all) {
    return Json.object(
        "path", wanted.path(),
        "offset", wanted.offset(),
        "areas", report.lines().stream().map(FsckReport.Line::json).toList(),
        "findings", scan.findings().stream().map(Finding::json).toList(),
        "errors", Finding.count(all, Severity.ERROR),
        "warnings", Finding.count(all, Severity.WARNING));
  }
}
