package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.lockspace.MaxSectors;
import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.LeaseName;
import io.sanlockd.model.flight.FlightLayout;
import io.sanlockd.protocol.CNumbers;
import io.sanlockd.protocol.Command;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The keys of {@code sanlock.conf} and what each of their values means (config.md 3, 4). */
final class ConfigKeys {
  private static final int LOG_OFF = -1;
  private static final int LOWEST_PRIORITY = 7;
  private static final int MAX_HISTORY = 1_000_000;
  private static final int MAX_GRACE_SECONDS = 60;
  private static final int MAX_FIRE_TIMEOUT = 3600;
  private static final int ANY = Integer.MAX_VALUE;

  private static final Map<String, Key> KEYS =
      Map.ofEntries(
          Map.entry("quiet_fail", number(0, ANY, (o, v) -> o.quietFail = v)),
          Map.entry("debug_renew", number(0, ANY, (o, v) -> o.debugRenew = v)),
          Map.entry("use_aio", number(0, ANY, (o, v) -> o.useAio = v)),
          Map.entry(
              "logfile_priority",
              number(LOG_OFF, LOWEST_PRIORITY, (o, v) -> o.logfilePriority = v)),
          Map.entry("logfile_use_utc", number(0, ANY, (o, v) -> o.logfileUtc = v != 0)),
          Map.entry(
              "syslog_priority", number(LOG_OFF, LOWEST_PRIORITY, (o, v) -> o.syslogPriority = v)),
          Map.entry(
              "names_log_priority",
              number(LOG_OFF, LOWEST_PRIORITY, (o, v) -> o.namesLogPriority = v)),
          // Text would read as 0, and without a watchdog nothing guards the storage.
          Map.entry("use_watchdog", strictNumber(0, 1, (o, v) -> o.useWatchdog = v)),
          Map.entry("high_priority", number(-ANY, ANY, (o, v) -> o.highPriority = v)),
          Map.entry("mlock_level", number(0, 2, (o, v) -> o.mlockLevel = v)),
          Map.entry("sh_retries", number(0, ANY, (o, v) -> o.sharedRetries = v)),
          Map.entry("uname", ConfigKeys::user),
          Map.entry("gname", ConfigKeys::group),
          Map.entry(
              "our_host_name",
              (o, accounts, v) -> o.hostName = Optional.of(LeaseName.ofTextCut(v))),
          Map.entry(
              "renewal_read_extend_sec",
              strictNumber(0, ANY, (o, v) -> o.renewalReadExtendSeconds = v)),
          Map.entry(
              "renewal_history_size", number(0, MAX_HISTORY, (o, v) -> o.renewalHistorySize = v)),
          Map.entry("paxos_debug_all", number(0, ANY, (o, v) -> o.paxosDebugAll = v)),
          Map.entry("debug_io", (o, accounts, v) -> debugIo(o, v)),
          Map.entry("debug_clients", number(0, ANY, (o, v) -> o.debugClients = v)),
          Map.entry("debug_cmd", (o, accounts, v) -> debugCommand(o, v)),
          Map.entry("max_sectors_kb", (o, accounts, v) -> o.maxSectors = maxSectors(v)),
          Map.entry(
              "write_init_io_timeout", strictNumber(1, ANY, (o, v) -> o.writeInitIoTimeout = v)),
          Map.entry("max_worker_threads", number(-ANY, ANY, DaemonOptions::setWorkers)),
          Map.entry(
              "io_timeout", strictNumber(1, LeaseTimes.MAX_IO_TIMEOUT, (o, v) -> o.ioTimeout = v)),
          Map.entry(
              "watchdog_fire_timeout",
              strictNumber(1, MAX_FIRE_TIMEOUT, (o, v) -> o.fireTimeout = v)),
          Map.entry("flight_record_size_kb", ConfigKeys::flightKilobytes),
          Map.entry("flight_record_file", ConfigKeys::flightFile),
          Map.entry(
              "kill_grace_seconds",
              strictNumber(0, MAX_GRACE_SECONDS, (o, v) -> o.grace = OptionalInt.of(v))),
          Map.entry("metrics_socket", (o, accounts, v) -> o.setMetricsSocket(v)),
          Map.entry(
              "metrics_port",
              strictNumber(0, DaemonOptions.MAX_PORT, (o, v) -> o.metricsPort = v)));

  private final DaemonOptions options;
  private final DaemonOptions.Accounts accounts;

  ConfigKeys(DaemonOptions options, DaemonOptions.Accounts accounts) {
    this.options = options;
    this.accounts = accounts;
  }

  /** A value that does not mean what it should; the message says what happens instead. */
  static final class BadValue extends Exception {
    private static final long serialVersionUID = 1L;

    BadValue(String message) {
      super(message);
    }
  }

  /** Gives a key's value its meaning. */
  @FunctionalInterface
  private interface Key {
    void set(DaemonOptions options, DaemonOptions.Accounts accounts, String value) throws BadValue;
  }

  /** Takes a number. */
  @FunctionalInterface
  private interface NumberSetter {
    void set(DaemonOptions options, int value);
  }

  static Set<String> names() {
    return KEYS.keySet();
  }

  static boolean isKnown(String key) {
    return KEYS.containsKey(key);
  }

  /** Sets one option. The key must be known. */
  void set(String key, String value) throws BadValue {
    try {
      KEYS.get(key).set(options, accounts, value);
    } catch (BadValue e) {
      throw new BadValue(key + " = " + value + ": " + e.getMessage());
    }
  }

  /** A number as C's atoi reads it; what is no number at all is 0. */
  private static Key number(int from, int to, NumberSetter setter) {
    return (options, accounts, value) -> {
      int number = within(value, from, to);
      setter.set(options, number);
      if (!isNumber(value)) {
        throw new BadValue("not a number, read as " + number);
      }
    };
  }

  /** A number where 0 or a guess would be less safe than the default. */
  private static Key strictNumber(int from, int to, NumberSetter setter) {
    return (options, accounts, value) -> {
      int number = within(value, from, to);
      if (number == 0 && !value.startsWith("0")) {
        throw new BadValue("ignored, not a number");
      }
      setter.set(options, number);
      if (!isNumber(value)) {
        throw new BadValue("not a number, read as " + number);
      }
    };
  }

  private static int within(String value, int from, int to) throws BadValue {
    long number = CNumbers.atoll(value);
    if (number < from || number > to) {
      throw new BadValue("ignored, not between " + from + " and " + to);
    }
    return (int) number;
  }

  private static boolean isNumber(String value) {
    return value.matches("[-+]?[0-9]+");
  }

  private static void user(DaemonOptions options, DaemonOptions.Accounts accounts, String name)
      throws BadValue {
    if (!options.setUser(name, accounts)) {
      throw new BadValue("there is no such user, the daemon would run as root; create it");
    }
  }

  private static void group(DaemonOptions options, DaemonOptions.Accounts accounts, String name)
      throws BadValue {
    if (!options.setGroup(name, accounts)) {
      throw new BadValue("there is no such group, the daemon would run with group 0; create it");
    }
  }

  private static void flightKilobytes(
      DaemonOptions options, DaemonOptions.Accounts accounts, String value) throws BadValue {
    long kilobytes = CNumbers.atoll(value);
    boolean fits =
        kilobytes >= FlightLayout.MIN_KILOBYTES && kilobytes <= FlightLayout.MAX_KILOBYTES;
    if (!isNumber(value) || !(fits || kilobytes == 0)) {
      throw new BadValue(
          "ignored, neither 0 nor between "
              + FlightLayout.MIN_KILOBYTES
              + " and "
              + FlightLayout.MAX_KILOBYTES);
    }
    options.flightKilobytes = (int) kilobytes;
  }

  private static void flightFile(
      DaemonOptions options, DaemonOptions.Accounts accounts, String value) throws BadValue {
    if (!FlightLayout.isPlace(value)) {
      throw new BadValue("ignored, not the name of a file that begins with /");
    }
    options.flightFile = Optional.of(Path.of(value));
  }

  private static void debugIo(DaemonOptions options, String value) throws BadValue {
    options.logIoSubmit = value.contains("submit");
    options.logIoComplete = value.contains("complete");
    if (!options.logIoSubmit && !options.logIoComplete) {
      throw new BadValue("ignored, neither submit nor complete");
    }
  }

  /** Plus or minus and the name of a command, or "all". */
  private static void debugCommand(DaemonOptions options, String value) throws BadValue {
    char sign = value.charAt(0);
    if (sign != '+' && sign != '-') {
      throw new BadValue("ignored, write +" + value + " or -" + value);
    }
    long bits = commandBits(value.substring(1));
    options.debugCommands =
        sign == '+' ? options.debugCommands | bits : options.debugCommands & ~bits;
  }

  private static long commandBits(String name) throws BadValue {
    if (name.equals("all")) {
      return -1L;
    }
    for (Command command : Command.values()) {
      if (command.name().toLowerCase(Locale.ROOT).equals(name)) {
        return 1L << command.number();
      }
    }
    throw new BadValue("ignored, unknown cmd string " + name);
  }

  private static MaxSectors maxSectors(String value) throws BadValue {
    if (value.contains("ignore")) {
      return MaxSectors.IGNORE;
    }
    if (value.contains("align")) {
      return MaxSectors.ALIGN;
    }
    if (!Character.isDigit(value.charAt(0))) {
      throw new BadValue("ignore unknown max_sectors_kb " + value + "; ignore, align or a number");
    }
    long kilobytes = CNumbers.atoll(value);
    if (kilobytes < 1 || kilobytes > MaxSectors.MAX_KB || kilobytes % 2 != 0) {
      throw new BadValue(
          "ignore invalid num max_sectors_kb " + value + "; an even number from 2 to 8192");
    }
    return MaxSectors.of((int) kilobytes);
  }
}
