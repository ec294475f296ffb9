package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.flight.FlightRecorder;
import io.sanlockd.daemon.log.DaemonLog;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.function.Consumer;

/**
 * What happens after a bug, or when there is no memory left: the state can not be trusted any more,
 * so nothing is released and nothing is disarmed. The process ends at once, without shutdown hooks,
 * and the watchdog does the rest: dying is safe. Thread-safe.
 */
final class InternalErrors implements Consumer<Throwable>, UncaughtExceptionHandler {
  static final int EXIT_STATUS = 70;

  private static final long LAST_RECORD_MILLIS = 500;

  private final DaemonLog log;
  private final FlightRecorder flight;

  InternalErrors(DaemonLog log, FlightRecorder flight) {
    this.log = log;
    this.flight = flight;
  }

  /** Ends the process; does not return. */
  @Override
  public void accept(Throwable e) {
    try {
      log.prefixed("").error("internal error, exiting: " + e);
      for (StackTraceElement frame : e.getStackTrace()) {
        log.prefixed("").error("  at " + frame);
      }
      flight.awaitWritten(LAST_RECORD_MILLIS);
      log.close();
    } finally {
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable e) {
    accept(e);
  }

  /** Runs an action whose failure is such an error. */
  void guard(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      accept(e);
    }
  }
}
