package io.sanlockd.wdmd.daemon;

import io.sanlockd.posix.GetOpt;
import io.sanlockd.posix.GetOpt.BadOption;
import java.util.Map;

/** The command line (cli.md 9, wdmd.md 7). Mutable while it is read. */
final class WdmdOptions {
  /** Longest path of the device. */
  private static final int DEVICE_PATH_BYTES = 63;

  private static final String FLAGS = "VhdpFD";
  private static final String LETTERS = FLAGS + "t:H:G:S:s:k:w:";
  private static final Map<String, Character> NAMES =
      Map.of(
          "version",
          'V',
          "help",
          'h',
          "dump",
          'd',
          "probe",
          'p',
          "trytimeout",
          't',
          "forcefire",
          'F');

  /** What is to be done. */
  enum Action {
    RUN,
    VERSION,
    HELP,
    DUMP,
    PROBE
  }

  Action action = Action.RUN;
  boolean foreground;
  boolean highPriority;
  boolean scripts;
  boolean forceFire;
  int killSeconds;
  int tryTimeout;
  String group = "sanlock";
  String scriptsDirectory = "/etc/wdmd.d";
  String device = "";

  /**
   * Reads the words after the program's name.
   *
   * @throws BadOption with the text for standard error; unlike the C program we do not start then
   */
  static WdmdOptions parse(String... args) throws BadOption {
    WdmdOptions options = new WdmdOptions();
    GetOpt words = new GetOpt("wdmd", LETTERS, NAMES, args);
    for (char letter = words.next(); letter != GetOpt.END; letter = words.next()) {
      if (FLAGS.indexOf(letter) >= 0) {
        options.flag(letter);
      } else {
        options.value(letter, words.value());
      }
      // These act at once, with what stands left of them.
      if (options.action == Action.HELP || options.action == Action.VERSION) {
        return options;
      }
    }
    if (!words.operands().isEmpty()) {
      throw new BadOption("wdmd: unexpected word '" + words.operands().get(0) + "'");
    }
    if (options.forceFire && options.tryTimeout == 0) {
      throw new BadOption("wdmd: -F is of use only with -t");
    }
    return options;
  }

  private void flag(char letter) {
    switch (letter) {
      case 'V' -> action = Action.VERSION;
      case 'h' -> action = Action.HELP;
      case 'd' -> action = Action.DUMP;
      case 'p' -> action = Action.PROBE;
      case 'F' -> forceFire = true;
      default -> foreground = true;
    }
  }

  private void value(char letter, String text) throws BadOption {
    switch (letter) {
      case 'G' -> group = text;
      case 's' -> scriptsDirectory = text;
      case 'w' -> {
        if (text.length() > DEVICE_PATH_BYTES) {
          throw new BadOption("wdmd: path longer than 63 bytes -- 'w'");
        }
        device = text;
      }
      case 'H' -> highPriority = number(letter, text, 1) == 1;
      case 'S' -> scripts = number(letter, text, 1) == 1;
      case 'k' -> killSeconds = number(letter, text, Integer.MAX_VALUE);
      default -> {
        action = Action.PROBE;
        tryTimeout = number(letter, text, Integer.MAX_VALUE);
        if (tryTimeout == 0) {
          throw new BadOption("wdmd: invalid number '0' -- 't'");
        }
      }
    }
  }

  private static int number(char letter, String text, int most) throws BadOption {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw new BadOption("wdmd: invalid number '" + text + "' -- '" + letter + "'");
  }

  /** The usage, with the values so far as defaults. */
  String help() {
    return """
        Usage:
        wdmd [options]

        --version, -V         print version
        --help, -h            print usage
        --dump, -d            print debug from daemon
        --probe, -p           print path of functional watchdog device
        -D                    debug: no fork and print all logging to stderr
        -H 0|1                use high priority features (1 yes, 0 no, default %d)
        -G <name>             group ownership for the socket
        -S 0|1                allow script tests (default %d)
        -s <path>             path to scripts dir (default %s)
        -k <num>              kill unfinished scripts after num seconds (default %d)
        -w /dev/watchdog      path to the watchdog device to try first
        """
        .formatted(highPriority ? 1 : 0, scripts ? 1 : 0, scriptsDirectory, killSeconds);
  }
}
