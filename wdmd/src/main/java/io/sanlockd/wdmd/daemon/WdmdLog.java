package io.sanlockd.wdmd.daemon;

/** Where messages go; they have one level only, as tools expect (cli.md 9). */
@FunctionalInterface
interface WdmdLog {
  /** Logs one line; never waits. */
  void log(String message);
}
