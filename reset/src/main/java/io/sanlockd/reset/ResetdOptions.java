package io.sanlockd.reset;

import io.sanlockd.posix.GetOpt;
import io.sanlockd.posix.GetOpt.BadOption;
import java.util.List;
import java.util.Map;

/** The command line of {@code sanlk-resetd} (cli.md 10). Mutable while it is read. */
final class ResetdOptions {
  private static final String LETTERS = "hVfDw:b:d:R:";
  private static final Map<String, Character> NAMES =
      Map.of(
          "help",
          'h',
          "version",
          'V',
          "foreground",
          'f',
          "daemon-debug",
          'D',
          "watchdog",
          'w',
          "sysrq-reboot",
          'b',
          "sysrq-delay",
          'd',
          "resource-mode",
          'R');
  private static final long MAX_DELAY_SECONDS = 3600;

  boolean help;
  boolean version;
  boolean foreground;
  boolean debug;
  boolean watchdog = true;
  boolean reboot;
  long delaySeconds = 25;
  boolean resourceMode;
  List<String> lockspaces = List.of();

  /**
   * Reads the words after the program's name.
   *
   * @throws BadOption with the text for standard error
   */
  static ResetdOptions parse(String... args) throws BadOption {
    ResetdOptions options = new ResetdOptions();
    GetOpt words = new GetOpt(SanlkResetd.PROGRAM, LETTERS, NAMES, args);
    for (char letter = words.next(); letter != GetOpt.END; letter = words.next()) {
      options.take(letter, words.value());
      if (options.help || options.version) {
        return options;
      }
    }
    options.lockspaces = words.operands();
    return options;
  }

  private void take(char letter, String value) throws BadOption {
    String program = SanlkResetd.PROGRAM;
    switch (letter) {
      case 'h' -> help = true;
      case 'V' -> version = true;
      case 'f' -> foreground = true;
      case 'D' -> {
        foreground = true;
        debug = true;
      }
      case 'w' -> watchdog = Options.flag(program, letter, value);
      case 'b' -> reboot = Options.flag(program, letter, value);
      case 'd' -> delaySeconds = Options.number(program, letter, value, MAX_DELAY_SECONDS);
      default -> resourceMode = Options.flag(program, letter, value);
    }
  }
}
