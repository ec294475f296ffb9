package io.sanlockd.cli;

/** The command line can not be used; the text is what goes to standard output. */
final class UsageError extends Exception {
  private static final long serialVersionUID = 1L;

  UsageError(String text) {
    super(text, null, false, false);
  }
}
