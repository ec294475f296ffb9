package io.sanlockd.cli;

import io.sanlockd.lease.LeaseLog;

/** What lease code reports, on standard error; with {@code -D}. */
record DebugLog(Out err) implements LeaseLog {
  @Override
  public void error(String message) {
    print(message);
  }

  @Override
  public void warning(String message) {
    print(message);
  }

  @Override
  public void debug(String message) {
    print(message);
  }

  /** The thread that waits for late I/O reports, too. */
  private synchronized void print(String message) {
    DebugLine.print(err, message);
  }
}
