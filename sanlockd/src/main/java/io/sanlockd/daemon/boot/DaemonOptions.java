package io.sanlockd.daemon.boot;

import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.LeaseName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options of {@code sanlock daemon} (cli.md 4). Later ones win. Mutable while the command line is
 * read, then handed to the boot code.
 */
final class DaemonOptions {
  static final int MIN_WORKERS = 2;

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
  int graceSeconds = 40;
  int ioTimeout = LeaseTimes.DEFAULT_IO_TIMEOUT;
  int useWatchdog = 1;
  int highPriority;
  int mlockLevel = 1;
  int setBitmapSeconds;
  int useAio = 1;
  int sharedRetries = 8;
  int writeInitIoTimeout = 60;
  OptionalInt uid = OptionalInt.empty();
  OptionalInt gid = OptionalInt.empty();
  Optional<LeaseName> hostName = Optional.empty();

  /** What is to be logged about the options once there is a log. */
  final List<String> complaints = new ArrayList<>();

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
   * Reads the words after {@code daemon}: a letter after a dash, the value in the next word.
   *
   * @throws BadOption with the text of the C program
   */
  static DaemonOptions parse(String[] args, Accounts accounts) throws BadOption {
    DaemonOptions options = new DaemonOptions();
    for (int i = 0; i < args.length; i++) {
      String word = args[i];
      if (word.length() != 2 || word.charAt(0) != '-') {
        throw new BadOption("unknown option " + word + "\nspace required before option value");
      }
      char letter = word.charAt(1);
      if (letter == 'D') {
        options.foreground = true;
        continue;
      }
      if (i + 1 == args.length) {
        throw new BadOption("option '" + letter + "' requires arg");
      }
      if (letter == PROGRAM) {
        return options;
      }
      options.set(letter, args[++i], accounts);
    }
    return options;
  }

  private void set(char letter, String value, Accounts accounts) throws BadOption {
    switch (letter) {
      case 'Q' -> quietFail = number(value);
      case 'R' -> debugRenew = number(value);
      case 'H' -> renewalHistorySize = number(value);
      case 'L' -> logfilePriority = number(value);
      case 'S' -> syslogPriority = number(value);
      case 't' -> maxWorkers = Math.max(MIN_WORKERS, Math.min(MAX_WORKERS, number(value)));
      case 'g' -> {
        int seconds = number(value);
        graceSeconds = seconds >= 0 && seconds <= 60 ? seconds : graceSeconds;
      }
      case 'o' -> ioTimeout = number(value);
      case 'w' -> useWatchdog = number(value);
      case 'h' -> highPriority = number(value);
      case 'l' -> mlockLevel = number(value);
      case 'b' -> setBitmapSeconds = number(value);
      case 'a' -> useAio = number(value) == 0 ? 0 : 1;
      case 'e' -> hostName = Optional.of(LeaseName.ofTextCut(value));
      case 'U' -> uid = OptionalInt.of(known("user", value, accounts.uid(value)));
      case 'G' -> gid = OptionalInt.of(known("group", value, accounts.gid(value)));
      default -> {
        if (FOREIGN_LETTERS.indexOf(letter) < 0) {
          throw new BadOption("unknown option: " + letter);
        }
      }
    }
  }

  private int known(String kind, String name, OptionalInt id) {
    if (id.isEmpty()) {
      complaints.add(kind + " '" + name + "' not found, using uid: 0");
    }
    return id.orElse(0);
  }

  /** Leading digits as C's atoi reads them; anything else is 0. */
  static int number(String text) {
    String trimmed = text.strip();
    int end = 0;
    if (end < trimmed.length() && (trimmed.charAt(0) == '-' || trimmed.charAt(0) == '+')) {
      end++;
    }
    while (end < trimmed.length() && Character.isDigit(trimmed.charAt(end))) {
      end++;
    }
    try {
      return Integer.parseInt(trimmed.substring(0, end));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
