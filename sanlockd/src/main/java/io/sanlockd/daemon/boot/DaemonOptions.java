package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.lockspace.MaxSectors;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.lease.LogDetail;
import io.sanlockd.model.FireTimeout;
import io.sanlockd.model.LeaseName;
import io.sanlockd.protocol.CNumbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Options of {@code sanlock daemon} (cli.md 4): defaults, then the configuration file, then the
 * command line; later ones win. Mutable while these are read, then handed to the boot code.
 */
final class DaemonOptions {
  static final int MIN_WORKERS = 2;

  /** The C program has no long options; these begin what only we have. */
  private static final String METRICS_SOCKET = "--metrics-socket";

  private static final String METRICS_PORT = "--metrics-port";

  static final int MAX_PORT = 65_535;

  private static final int MAX_GRACE_SECONDS = 60;

  /** Each worker is a thread. */
  static final int MAX_WORKERS = 256;

  /** Letters of other commands, which take a value that means nothing here. */
  private static final String FOREIGN_LETTERS = "srxeidfpnmOPuzFZA";

  /** Everything behind it is a program and its arguments. */
  private static final char PROGRAM = 'c';

  boolean foreground;
  int quietFail = 1;
  int debugRenew;
  int renewalHistorySize = 180;
  int logfilePriority = 4;
  int syslogPriority = 3;
  int maxWorkers = 8;
  OptionalInt grace = OptionalInt.empty();
  int ioTimeout = LeaseTimes.DEFAULT_IO_TIMEOUT;
  int useWatchdog = 1;
  int highPriority;
  int mlockLevel = 1;
  int setBitmapSeconds;
  int useAio = 1;
  int sharedRetries = 8;
  int writeInitIoTimeout = 60;
  int fireTimeout = LeaseTimes.DEFAULT_FIRE_TIMEOUT;
  int renewalReadExtendSeconds = -1;
  boolean logfileUtc;
  int flightKilobytes = 4096;
  Optional<Path> flightFile = Optional.empty();
  int namesLogPriority = 4;
  int paxosDebugAll;
  boolean logIoSubmit;
  boolean logIoComplete;
  int debugClients;
  long debugCommands = 0xfffffffffe06ffffL;
  MaxSectors maxSectors = MaxSectors.STANDARD;
  Optional<String> userName = Optional.empty();
  OptionalInt uid = OptionalInt.empty();
  OptionalInt gid = OptionalInt.empty();
  boolean groupKnown = true;
  Optional<LeaseName> hostName = Optional.empty();

  /** Where metrics are served; a relative path lies in the run directory. */
  Optional<String> metricsSocket = Optional.empty();

  /** Port of 127.0.0.1 where metrics are served, 0 = none. */
  int metricsPort;

  /** What is to be logged about the options once there is a log. */
  final List<String> complaints = new ArrayList<>();

  /** Likewise, of lesser weight. */
  final List<String> warnings = new ArrayList<>();

  /** A command line that can not be understood; its message goes to standard output. */
  static final class BadOption extends Exception {
    private static final long serialVersionUID = 1L;

    BadOption(String message) {
      super(message);
    }
  }

  /** How names of users and groups become numbers. */
  interface Accounts {
    OptionalInt uid(String user);

    OptionalInt gid(String group);
  }

  /**
   * Reads the words after {@code daemon}, with the built-in defaults.
   *
   * @throws BadOption with the text of the C program
   */
  static DaemonOptions parse(String[] args, Accounts accounts) throws BadOption {
    DaemonOptions options = new DaemonOptions();
    options.override(args, accounts);
    return options;
  }

  /**
   * Reads the configuration file, then the words after {@code daemon}.
   *
   * @throws BadOption with the text of the C program
   */
  static DaemonOptions read(Path configuration, String[] args, Accounts accounts) throws BadOption {
    DaemonOptions options = new DaemonOptions();
    for (ConfigFile.Problem problem : ConfigFile.read(configuration, options, accounts)) {
      options.warnings.add(problem.of(configuration));
    }
    options.override(args, accounts);
    return options;
  }

  /** Sets what the words say: a letter after a dash, the value in the next word. */
  private void override(String[] args, Accounts accounts) throws BadOption {
    for (int i = 0; i < args.length; i++) {
      String word = args[i];
      if (word.equals(METRICS_SOCKET) || word.equals(METRICS_PORT)) {
        if (i + 1 == args.length) {
          throw new BadOption("option '" + word + "' requires arg");
        }
        setMetrics(word, args[++i]);
        continue;
      }
      if (word.length() != 2 || word.charAt(0) != '-') {
        throw new BadOption("unknown option " + word + "\nspace required before option value");
      }
      char letter = word.charAt(1);
      if (letter == 'D') {
        foreground = true;
        continue;
      }
      if (i + 1 == args.length) {
        throw new BadOption("option '" + letter + "' requires arg");
      }
      if (letter == PROGRAM) {
        return;
      }
      set(letter, args[++i], accounts);
    }
  }

  private void set(char letter, String value, Accounts accounts) throws BadOption {
    switch (letter) {
      case 'Q' -> quietFail = CNumbers.atoi(value);
      case 'R' -> debugRenew = CNumbers.atoi(value);
      case 'H' -> renewalHistorySize = CNumbers.atoi(value);
      case 'L' -> logfilePriority = CNumbers.atoi(value);
      case 'S' -> syslogPriority = CNumbers.atoi(value);
      case 't' -> setWorkers(CNumbers.atoi(value));
      case 'g' -> {
        int seconds = CNumbers.atoi(value);
        if (seconds >= 0 && seconds <= MAX_GRACE_SECONDS) {
          grace = OptionalInt.of(seconds);
        }
      }
      case 'o' -> setIoTimeout(CNumbers.atoi(value));
      case 'w' -> useWatchdog = CNumbers.atoi(value);
      case 'h' -> highPriority = CNumbers.atoi(value);
      case 'l' -> mlockLevel = CNumbers.atoi(value);
      case 'b' -> setBitmapSeconds = CNumbers.atoi(value);
      case 'a' -> useAio = CNumbers.atoi(value) == 0 ? 0 : 1;
      case 'e' -> hostName = Optional.of(LeaseName.ofTextCut(value));
      case 'U' -> {
        if (!setUser(value, accounts)) {
          complaints.add("user '" + value + "' not found, using uid: 0");
        }
      }
      case 'G' -> {
        if (!setGroup(value, accounts)) {
          complaints.add("group '" + value + "' not found, using uid: 0");
        }
      }
      default -> {
        if (FOREIGN_LETTERS.indexOf(letter) < 0) {
          throw new BadOption("unknown option: " + letter);
        }
      }
    }
  }

  private void setMetrics(String word, String value) throws BadOption {
    if (word.equals(METRICS_SOCKET)) {
      setMetricsSocket(value);
      return;
    }
    int port = CNumbers.atoi(value);
    if (!value.matches("[0-9]{1,5}") || port > MAX_PORT) {
      throw new BadOption(METRICS_PORT + " wants a number from 0 to " + MAX_PORT);
    }
    metricsPort = port;
  }

  /** Whether metrics are served anywhere. */
  boolean servesMetrics() {
    return metricsSocket.isPresent() || metricsPort != 0;
  }

  /** The word "none" switches off what a file has switched on. */
  void setMetricsSocket(String path) {
    metricsSocket = path.equals("none") ? Optional.empty() : Optional.of(path);
  }

  void setWorkers(int number) {
    maxWorkers = Math.max(MIN_WORKERS, Math.min(MAX_WORKERS, number));
  }

  private void setIoTimeout(int seconds) {
    if (seconds >= 1 && seconds <= LeaseTimes.MAX_IO_TIMEOUT) {
      ioTimeout = seconds;
    } else {
      warnings.add("-o " + seconds + " ignored, the io timeout is from 1 to 255 seconds");
    }
  }

  /** Sets the user, root when there is none of that name; whether there is one. */
  boolean setUser(String name, Accounts accounts) {
    OptionalInt known = accounts.uid(name);
    uid = OptionalInt.of(known.orElse(0));
    userName = known.isPresent() ? Optional.of(name) : Optional.empty();
    return known.isPresent();
  }

  /** Likewise the group. */
  boolean setGroup(String name, Accounts accounts) {
    OptionalInt known = accounts.gid(name);
    gid = OptionalInt.of(known.orElse(0));
    groupKnown = known.isPresent();
    return known.isPresent();
  }

  /** Lines that are asked for beside the usual ones. */
  Set<LogDetail> logDetails() {
    Set<LogDetail> details = EnumSet.noneOf(LogDetail.class);
    if (paxosDebugAll != 0) {
      details.add(LogDetail.PAXOS);
    }
    if (debugRenew > 0) {
      details.add(LogDetail.RENEWAL);
    }
    if (debugRenew > 1) {
      details.add(LogDetail.LEASE_CHECK);
    }
    if (quietFail == 0) {
      details.add(LogDetail.CONTENTION);
    }
    if (debugClients != 0) {
      details.add(LogDetail.CLIENTS);
    }
    return details;
  }

  /** Time for processes to stop by themselves; less when the watchdog fires sooner. */
  int graceSeconds() {
    return grace.orElse(FireTimeout.graceSeconds(fireTimeout));
  }
}
