package io.sanlockd.daemon.boot;

import java.util.List;
import jnr.constants.platform.Signal;
import jnr.posix.util.SunMiscSignal;

/**
 * Termination signals as requests. The JVM's own reaction, to run its shutdown hooks and exit,
 * would end a daemon whose lockspaces are in use; here a signal only asks.
 */
final class TerminationSignals {
  private TerminationSignals() {}

  /** Calls {@code onSignal}, on a thread of the JVM, for each HUP, INT and TERM. */
  static void install(Runnable onSignal) {
    for (Signal signal : List.of(Signal.SIGHUP, Signal.SIGINT, Signal.SIGTERM)) {
      SunMiscSignal.signal(signal, number -> onSignal.run());
    }
  }
}
