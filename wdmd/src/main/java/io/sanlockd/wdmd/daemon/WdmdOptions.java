package io.sanlockd.wdmd.daemon;

import java.util.Arrays;

/** The command line (cli.md 9, wdmd.md 7). Mutable while it is read. */
final class WdmdOptions {
  /** Longest path of the device. */
  private static final int DEVICE_PATH_BYTES = 63;

  private static final String FLAGS = "VhdpFD";
  private static final String WITH_VALUE = "tHGSskw";

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

  /** A command line that can not be understood. */
  static final class BadOption extends Exception {
    private static final long serialVersionUID = 1L;

    BadOption(String message) {
      super(message);
    }
  }

  /**
   * Reads the words after the program's name.
   *
   * @throws BadOption with the text for standard error; unlike the C program we do not start then
   */
  static WdmdOptions parse(String... args) throws BadOption {
    WdmdOptions options = new WdmdOptions();
    String[] words = Arrays.copyOf(args, args.length);
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (word.startsWith("--")) {
        i = options.longOption(words, i);
      } else if (word.startsWith("-") && word.length() > 1) {
        i = options.letters(words, i);
      } else {
        throw new BadOption("wdmd: unexpected word '" + word + "'");
      }
      // These act at once, with what stands left of them.
      if (options.action == Action.HELP || options.action == Action.VERSION) {
        return options;
      }
    }
    if (options.forceFire && options.tryTimeout == 0) {
      throw new BadOption("wdmd: -F is of use only with -t");
    }
    return options;
  }

  private int longOption(String[] words, int at) throws BadOption {
    String word = words[at];
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    char letter =
        switch (name) {
          case "--version" -> 'V';
          case "--help" -> 'h';
          case "--dump" -> 'd';
          case "--probe" -> 'p';
          case "--trytimeout" -> 't';
          case "--forcefire" -> 'F';
          default -> throw new BadOption("wdmd: unrecognized option '" + word + "'");
        };
    if (letter != 't') {
      if (equals >= 0) {
        throw new BadOption("wdmd: option '" + name + "' doesn't allow an argument");
      }
      flag(letter);
      return at;
    }
    if (equals >= 0) {
      value(letter, word.substring(equals + 1));
      return at;
    }
    if (at + 1 == words.length) {
      throw new BadOption("wdmd: option '" + name + "' requires an argument");
    }
    value(letter, words[at + 1]);
    return at + 1;
  }

  private int letters(String[] words, int at) throws BadOption {
    String word = words[at];
    for (int i = 1; i < word.length(); i++) {
      char letter = word.charAt(i);
      if (FLAGS.indexOf(letter) >= 0) {
        flag(letter);
        continue;
      }
      if (WITH_VALUE.indexOf(letter) < 0) {
        throw new BadOption("wdmd: invalid option -- '" + letter + "'");
      }
      if (i + 1 < word.length()) {
        value(letter, word.substring(i + 1));
        return at;
      }
      if (at + 1 == words.length) {
        throw new BadOption("wdmd: option requires an argument -- '" + letter + "'");
      }
      value(letter, words[at + 1]);
      return at + 1;
    }
    return at;
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
