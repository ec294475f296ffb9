package io.sanlockd.daemon.loop;

/** Where the loop writes. Called on the loop's thread, must not block. */
public interface LoopLog {
  /** Something an administrator should know. */
  void error(String message);

  /** Something a developer may want to know. */
  void debug(String message);
}
