package io.sanlockd.cli.operate;

/** Exit statuses of the commands of this package. */
final class ExitStatus {
  /** Nothing to complain about. */
  static final int GOOD = 0;

  /** Works, but somebody should look. */
  static final int WARNING = 1;

  /** Does not work, or is not safe. */
  static final int BAD = 2;

  /** The command line can not be used, or the question could not be answered. */
  static final int USAGE = 3;

  /** For the help of a command that judges. */
  static final String TEXT =
      "Exit status: 0 all is well, 1 warnings, 2 errors, 3 the command could not do its work.";

  private ExitStatus() {}
}
