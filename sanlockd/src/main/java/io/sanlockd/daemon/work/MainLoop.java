package io.sanlockd.daemon.work;

/** Runs things on the thread that owns the daemon's state. Thread-safe. */
@FunctionalInterface
public interface MainLoop {
  /** Runs {@code action} on the main loop, soon, after everything handed in before. */
  void execute(Runnable action);
}
