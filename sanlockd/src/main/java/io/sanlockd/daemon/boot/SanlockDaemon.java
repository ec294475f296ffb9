package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.incarnation.Incarnation;
import io.sanlockd.daemon.incarnation.KernelProcesses;
import io.sanlockd.daemon.incarnation.Machine;
import io.sanlockd.daemon.log.DaemonLog;
import io.sanlockd.daemon.log.LogSettings;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.Background;
import io.sanlockd.posix.LockFile;
import io.sanlockd.posix.NodeName;
import io.sanlockd.posix.Users;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;

/** {@code sanlock daemon}: starts the lock manager and runs it until it is told to stop. */
public final class SanlockDaemon {
  private static final int EXIT_FAILURE = 1;
  private static final Path LOG_FILE = Path.of("/var/log/sanlock.log");
  private static final String DEFAULT_ACCOUNT = "sanlock";

  private final DaemonOptions options;
  private final RunDirectory runDirectory;
  private final boolean privileged;
  private final boolean inBackground;
  private final PrintStream stderr;

  private SanlockDaemon(
      DaemonOptions options,
      RunDirectory runDirectory,
      boolean privileged,
      boolean inBackground,
      PrintStream stderr) {
    this.inBackground = inBackground;
    this.options = options;
    this.runDirectory = runDirectory;
    this.privileged = privileged;
    this.stderr = stderr;
  }

  /**
   * Runs the daemon.
   *
   * @param args the words after {@code sanlock daemon}
   */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals(Background.CHILD)) {
      System.exit(start(Arrays.copyOfRange(args, 1, args.length), true));
    }
    System.exit(start(args, false));
  }

  private static int start(String[] args, boolean child) {
    DaemonOptions options;
    try {
      options = DaemonOptions.read(ConfigFile.STANDARD, args, new SystemAccounts());
    } catch (DaemonOptions.BadOption e) {
      System.out.println(e.getMessage());
      return EXIT_FAILURE;
    }
    if (!options.foreground && !child) {
      return Background.start("sanlock daemon", args, System.err);
    }
    String privilegedSetting = System.getenv("SANLOCK_PRIVILEGED");
    boolean privileged = privilegedSetting == null || privilegedSetting.equals("1");
    SanlockDaemon daemon =
        new SanlockDaemon(options, RunDirectory.fromEnvironment(), privileged, child, System.err);
    return daemon.run();
  }

  private int run() {
    Clock clock = new SystemClock();
    LogSettings logSettings =
        new LogSettings(
            LOG_FILE,
            options.logfilePriority,
            options.syslogPriority,
            options.foreground,
            options.logfileUtc);
    try (DaemonLog log = new DaemonLog(logSettings, clock, stderr)) {
      return runLogged(log, clock);
    }
  }

  private int runLogged(DaemonLog log, Clock clock) {
    LeaseLog plain = log.prefixed("");
    options.complaints.forEach(plain::error);
    options.warnings.forEach(plain::warning);
    if (!runDirectory.isDefault()) {
      plain.warning("Using non-standard run directory '" + runDirectory.path() + "'");
    }
    if (!privileged) {
      plain.warning("Running in unprivileged mode");
    }
    Owner owner = owner();
    try {
      if (inBackground) {
        Background.leaveSession();
      }
      runDirectory.create(owner.uid, privileged ? 0 : owner.gid);
    } catch (IOException e) {
      return failed(plain, "run directory " + runDirectory.path() + ": " + e.getMessage());
    }
    try {
      LockFile lock = runDirectory.lock();
      try {
        serve(log, clock, owner, Machine.read(Path.of("/")));
      } finally {
        lock.close();
      }
      return 0;
    } catch (IOException e) {
      return failed(plain, e.getMessage());
    }
  }

  private int failed(LeaseLog log, String message) {
    log.error(message);
    if (inBackground) {
      stderr.println("sanlock daemon: " + message);
    }
    return EXIT_FAILURE;
  }

  private void serve(DaemonLog log, Clock clock, Owner owner, Machine machine) throws IOException {
    // Whatever thread it is, also one of a library.
    Thread.setDefaultUncaughtExceptionHandler(new InternalErrors(log));
    LeaseName hostName = options.hostName.orElseGet(() -> HostName.of(runDirectory.path()));
    Incarnation incarnation =
        Incarnation.begin(
            Path.of(runDirectory.path()),
            hostName,
            machine,
            new KernelProcesses(),
            log.prefixed(""));
    Daemon daemon =
        Daemon.create(
            options,
            hostName,
            incarnation,
            runDirectory,
            owner.uid,
            owner.gid,
            log,
            clock,
            TerminationSignals::install);
    log.prefixed("")
        .warning("sanlock daemon started 3.8.5 host " + hostName + " (" + NodeName.get() + ")");
    if (inBackground) {
      Background.ready();
    }
    daemon.run();
  }

  /** Owner of socket and run directory; -1 leaves it as it is. */
  private record Owner(int uid, int gid) {}

  private Owner owner() {
    if (!privileged && Users.effectiveUid() != 0) {
      // Nobody but root can give files away.
      return new Owner(options.uid.orElse(-1), options.gid.orElse(-1));
    }
    OptionalInt uid = Users.uid(DEFAULT_ACCOUNT);
    OptionalInt gid = Users.gid(DEFAULT_ACCOUNT);
    boolean both = uid.isPresent() && gid.isPresent();
    return new Owner(
        options.uid.orElse(both ? uid.getAsInt() : 0),
        options.gid.orElse(both ? gid.getAsInt() : 0));
  }
}
