package io.sanlockd.reset;

import io.sanlockd.posix.GetOpt.BadOption;

/** Values of options. Unlike the C program we refuse what is not a number of the right range. */
final class Options {
  private Options() {}

  static boolean flag(String program, char letter, String text) throws BadOption {
    return number(program, letter, text, 1) == 1;
  }

  static long number(String program, char letter, String text, long most) throws BadOption {
    long number = digits(text);
    if (number < 0 || number > most) {
      throw new BadOption(program + ": invalid number '" + text + "' -- '" + letter + "'");
    }
    return number;
  }

  /** The number that consists of these digits; -1 for anything else. */
  static long digits(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
  }
}
