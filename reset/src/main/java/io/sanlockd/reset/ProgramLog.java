package io.sanlockd.reset;

import io.sanlockd.posix.Syslog;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/** Messages of a program: lines with the time on standard error, and syslog. Main thread only. */
final class ProgramLog {
  /** Where syslog messages go. */
  @FunctionalInterface
  interface Sink {
    void send(int level, String text);
  }

  /** Which messages standard error gets. */
  enum Detail {
    NONE,
    PLAIN,
    DEBUG
  }

  private final Sink syslog;
  private final PrintStream err;
  private final Detail detail;
  private final LongSupplier epochSeconds;

  ProgramLog(Sink syslog, PrintStream err, Detail detail, LongSupplier epochSeconds) {
    this.syslog = syslog;
    this.err = err;
    this.detail = detail;
    this.epochSeconds = epochSeconds;
  }

  /** The log of a running program. */
  static ProgramLog of(String program, Detail detail) {
    Syslog syslog = new Syslog(program);
    return new ProgramLog(
        syslog::send, System.err, detail, () -> System.currentTimeMillis() / 1000);
  }

  void error(String text) {
    print(Detail.PLAIN, text);
    syslog.send(Syslog.ERROR, text);
  }

  void notice(String text) {
    print(Detail.PLAIN, text);
    syslog.send(Syslog.NOTICE, text);
  }

  /** For standard error only. */
  void plain(String text) {
    print(Detail.PLAIN, text);
  }

  /** For standard error only, and only where asked for. */
  void debug(String text) {
    print(Detail.DEBUG, text);
  }

  private void print(Detail needed, String text) {
    if (detail.compareTo(needed) >= 0) {
      err.print(epochSeconds.getAsLong() + " " + text + "\n");
      err.flush();
    }
  }
}
