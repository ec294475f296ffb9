package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.flight.FlightRecorder;
import io.sanlockd.daemon.flight.FlightSettings;
import io.sanlockd.daemon.incarnation.Incarnation;
import io.sanlockd.daemon.incarnation.KernelProcesses;
import io.sanlockd.daemon.incarnation.Machine;
import io.sanlockd.daemon.log.DaemonLog;
import io.sanlockd.daemon.log.LogSettings;
import io.sanlockd.daemon.recovery.HelperProcess;
import io.sanlockd.lease.Clock;
import io.sanlockd.lease.LeaseLog;
import io.sanlockd.lease.SystemClock;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightLife;
import io.sanlockd.posix.Background;
import io.sanlockd.posix.LockFile;
import io.sanlockd.posix.NodeName;
import io.sanlockd.posix.PosixException;
import io.sanlockd.posix.Privileges;
import io.sanlockd.posix.ServiceNotification;
import io.sanlockd.posix.Users;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** {@code sanlock daemon}: starts the lock manager and runs it until it is told to stop. */
public final class SanlockDaemon {
  private static final int EXIT_FAILURE = 1;
  private static final Path LOG_FILE = Path.of("/var/log/sanlock.log");
  private static final DaemonOptions.Accounts ACCOUNTS = new SystemAccounts();
  private static final int ROOT = 0;
  private static final long LAST_RECORD_MILLIS = 2000;

  private final DaemonOptions options;
  private final RunDirectory runDirectory;
  private final boolean privileged;
  private final ResourceLimits.Removal limits;
  private final boolean inBackground;
  private final PrintStream stderr;

  private SanlockDaemon(
      DaemonOptions options,
      RunDirectory runDirectory,
      boolean privileged,
      ResourceLimits.Removal limits,
      boolean inBackground,
      PrintStream stderr) {
    this.inBackground = inBackground;
    this.options = options;
    this.runDirectory = runDirectory;
    this.privileged = privileged;
    this.limits = limits;
    this.stderr = stderr;
  }

  /**
   * Runs the daemon.
   *
   * @param args the words after {@code sanlock daemon}
   */
  public static void main(String[] args) {
    System.exit(start(args, ResourceLimits::remove));
  }

  /**
   * Runs the daemon, or starts it in the background.
   *
   * @param limits removes limits when the daemon is privileged
   * @return exit status
   */
  static int start(String[] args, ResourceLimits.Removal limits) {
    boolean child = args.length > 0 && args[0].equals(Background.CHILD);
    String[] words = child ? Arrays.copyOfRange(args, 1, args.length) : args;
    DaemonOptions options;
    try {
      options = DaemonOptions.read(ConfigFile.STANDARD, words, ACCOUNTS);
    } catch (DaemonOptions.BadOption e) {
      System.out.println(e.getMessage());
      return EXIT_FAILURE;
    }
    if (!options.foreground && !child && ServiceNotification.socket().isEmpty()) {
      return Background.start("sanlock daemon", words, System.err);
    }
    String privilegedSetting = System.getenv("SANLOCK_PRIVILEGED");
    boolean privileged = privilegedSetting == null || privilegedSetting.equals("1");
    RunDirectory runDirectory = RunDirectory.fromEnvironment();
    return new SanlockDaemon(options, runDirectory, privileged, limits, child, System.err).run();
  }

  private int run() {
    Clock clock = new SystemClock();
    LogSettings logSettings =
        new LogSettings(
            LOG_FILE,
            options.logfilePriority,
            options.syslogPriority,
            options.namesLogPriority,
            options.foreground,
            options.logfileUtc,
            options.logDetails());
    FlightRecorder flight = new FlightRecorder(clock);
    if (options.flightKilobytes == 0) {
      flight.turnOff();
    }
    try (DaemonLog log = new DaemonLog(logSettings, clock, stderr, flight)) {
      int status = runLogged(log, flight, clock);
      flight.close(LAST_RECORD_MILLIS);
      return status;
    }
  }

  private int runLogged(DaemonLog log, FlightRecorder flight, Clock clock) {
    LeaseLog plain = log.prefixed("");
    options.complaints.forEach(plain::error);
    options.warnings.forEach(plain::warning);
    if (!runDirectory.isDefault()) {
      plain.warning("Using non-standard run directory '" + runDirectory.path() + "'");
    }
    if (!privileged) {
      plain.warning("Running in unprivileged mode");
    }
    try {
      if (inBackground) {
        Background.leaveSession();
      }
      if (privileged) {
        limits.apply();
      }
      lockAndServe(log, flight, clock);
      return 0;
    } catch (IOException e) {
      return failed(plain, e.getMessage());
    }
  }

  private void lockAndServe(DaemonLog log, FlightRecorder flight, Clock clock) throws IOException {
    boolean isRoot = Users.effectiveUid() == ROOT;
    Identity identity = Identity.of(options, privileged, isRoot, ACCOUNTS);
    Optional<HelperProcess> keeper = Optional.empty();
    if (identity.givesUpRoot()) {
      Privileges.leaveGroups();
      boolean debug = options.foreground;
      keeper = Optional.of(HelperProcess.start(HelperCommand.ofKeeper(debug), true, debug));
    }
    try {
      runDirectory.create(identity.uid(), privileged ? ROOT : identity.gid());
    } catch (IOException e) {
      throw new IOException("run directory " + runDirectory.path() + ": " + e.getMessage(), e);
    }
    LockFile lock = runDirectory.lock();
    flightPlace().createDirectory(identity.uid(), identity.gid());
    try {
      // Part of what tells this machine from others is for root only.
      Machine machine = Machine.read(Path.of("/"));
      LeaseName hostName = options.hostName.orElseGet(() -> HostName.of(runDirectory.path()));
      identity.assume();
      serve(log, flight, clock, identity, keeper, machine, hostName);
    } finally {
      lock.close();
    }
  }

  private int failed(LeaseLog log, String message) {
    log.error(message);
    if (!options.foreground) {
      stderr.println("sanlock daemon: " + message);
    }
    return EXIT_FAILURE;
  }

  private void serve(
      DaemonLog log,
      FlightRecorder flight,
      Clock clock,
      Identity identity,
      Optional<HelperProcess> keeper,
      Machine machine,
      LeaseName hostName)
      throws IOException {
    // Whatever thread it is, also one of a library.
    Thread.setDefaultUncaughtExceptionHandler(new InternalErrors(log, flight));
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
            identity.uid(),
            identity.gid(),
            keeper,
            log,
            flight,
            clock,
            TerminationSignals::install);
    log.prefixed("")
        .warning("sanlock daemon started 3.8.5 host " + hostName + " (" + NodeName.get() + ")");
    tellServiceManager(log.prefixed(""));
    if (inBackground) {
      Background.ready();
    }
    if (options.flightKilobytes > 0) {
      // Not before: a sick local disk must not delay readiness.
      flight.start(flightSettings(machine, hostName), log.prefixed(""));
    }
    daemon.run();
    flight.happened(EventKind.ENDED, 0);
  }

  private FlightPlace flightPlace() {
    return FlightPlace.of(options.flightFile, runDirectory);
  }

  private FlightSettings flightSettings(Machine machine, LeaseName hostName) {
    return new FlightSettings(
        flightPlace().file(),
        options.flightKilobytes,
        machine.boot().orElse(FlightLife.NO_BOOT),
        (int) ProcessHandle.current().pid(),
        hostName);
  }

  /** The socket is there and answers from the first turn of the loop on. */
  private static void tellServiceManager(LeaseLog log) {
    try {
      ServiceNotification.send(ServiceNotification.socket(), ServiceNotification.READY);
    } catch (PosixException e) {
      log.error("notification of the service manager failed: " + e.getMessage());
    }
  }
}
