package io.sanlockd.wdmd.daemon;

import java.util.List;

/** Runs scripts somewhere else: no call waits, results come later, on the loop's thread. */
interface ScriptRunner {
  /** Nothing is run: scripts are not allowed. */
  ScriptRunner NONE =
      new ScriptRunner() {
        @Override
        public void scan(Results results) {}

        @Override
        public void start(String name, Results results) {}

        @Override
        public void kill(String name) {}
      };

  /** Looks which scripts there are. */
  void scan(Results results);

  /** Starts a script that is not running. */
  void start(String name, Results results);

  /** Kills a script that is running. */
  void kill(String name);

  /** Takes results, on the loop's thread. */
  interface Results {
    /** The scripts of the directory, in order. */
    void found(List<String> names);

    /** A script runs. */
    void started(String name, int pid);

    /**
     * A script ended.
     *
     * @param status exit status; 128 and more if a signal ended it
     */
    void ended(String name, int status);

    /**
     * A script could not be started because it is no executable file any more.
     *
     * @param errno why
     */
    void vanished(String name, int errno);
  }
}
