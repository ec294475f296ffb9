package io.sanlockd.cli;

/** Where direct actions leave a trace before they change the storage (cli.md 8). */
interface Journal {
  /** Keeps one line, or drops it when nobody listens. Never waits. */
  void note(String line);
}
