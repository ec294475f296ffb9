package io.sanlockd.cli.operate;

/** How bad a finding is. */
enum Severity {
  /** As it should be. */
  OK,
  /** Worth knowing. */
  NOTE,
  /** Somebody should look. */
  WARNING,
  /** Does not work, or is not safe. */
  ERROR;

  int exitStatus() {
    return switch (this) {
      case OK, NOTE -> ExitStatus.GOOD;
      case WARNING -> ExitStatus.WARNING;
      case ERROR -> ExitStatus.BAD;
    };
  }
}
