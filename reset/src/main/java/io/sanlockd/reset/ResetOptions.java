package io.sanlockd.reset;

import io.sanlockd.posix.GetOpt;
import io.sanlockd.posix.GetOpt.BadOption;
import java.util.List;
import java.util.Map;

/** The command line of {@code sanlk-reset} (cli.md 10). Mutable while it is read. */
final class ResetOptions {
  /** With 3.8.5 {@code -t} is documented but refused. */
  private static final String LETTERS = "hVDi:g:w:b:R:t:";

  private static final Map<String, Character> NAMES =
      Map.of(
          "help",
          'h',
          "version",
          'V',
          "debug-mode",
          'D',
          "host-id",
          'i',
          "generation",
          'g',
          "watchdog",
          'w',
          "sysrq-reboot",
          'b',
          "resource-mode",
          'R',
          "native-timeout",
          't');

  /** What is asked for before anything else is looked at. */
  enum Immediate {
    NOTHING,
    HELP,
    VERSION
  }

  Immediate immediate = Immediate.NOTHING;
  boolean debug;
  boolean watchdog = true;
  boolean reboot;
  boolean resourceMode;
  boolean nativeTimeout = true;

  /** 0 for none given. */
  long hostId;

  /** 0 for none given. */
  long generation;

  /** Action and names. */
  List<String> words = List.of();

  /**
   * Reads the words after the program's name.
   *
   * @throws BadOption with the text for standard error
   */
  static ResetOptions parse(String... args) throws BadOption {
    ResetOptions options = new ResetOptions();
    GetOpt words = new GetOpt(SanlkReset.PROGRAM, LETTERS, NAMES, args);
    for (char letter = words.next(); letter != GetOpt.END; letter = words.next()) {
      options.take(letter, words.value());
      if (options.immediate != Immediate.NOTHING) {
        return options;
      }
    }
    options.words = words.operands();
    return options;
  }

  private void take(char letter, String value) throws BadOption {
    String program = SanlkReset.PROGRAM;
    switch (letter) {
      case 'h' -> immediate = Immediate.HELP;
      case 'V' -> immediate = Immediate.VERSION;
      case 'D' -> debug = true;
      case 'i' -> hostId = Options.number(program, letter, value, Integer.MAX_VALUE);
      case 'g' -> generation = Options.number(program, letter, value, Long.MAX_VALUE);
      case 'w' -> watchdog = Options.flag(program, letter, value);
      case 'b' -> reboot = Options.flag(program, letter, value);
      case 'R' -> resourceMode = Options.flag(program, letter, value);
      default -> nativeTimeout = Options.number(program, letter, value, Integer.MAX_VALUE) > 0;
    }
  }
}
