package io.sanlockd.lease;

/** Where lease code reports what it does. Never blocks. Thread-safe. */
public interface LeaseLog {
  /** Discards everything. */
  LeaseLog NONE =
      new LeaseLog() {
        @Override
        public void error(String message) {}

        @Override
        public void warning(String message) {}

        @Override
        public void debug(String message) {}
      };

  /** Something is wrong and somebody should look. */
  void error(String message);

  /** Something worth keeping. */
  void warning(String message);

  /** A step on the way. */
  void debug(String message);

  /** The name and place of a lease that is asked for, at the level the configuration gives it. */
  default void names(String message) {
    debug(message);
  }

  /** That a lease was refused because somebody has it: as an error only where that is wanted. */
  default void contention(String message) {
    if (wants(LogDetail.CONTENTION)) {
      error(message);
    } else {
      debug(message);
    }
  }

  /** Whether these debug lines are wanted; whoever writes them asks before it makes the text. */
  default boolean wants(LogDetail detail) {
    return false;
  }
}
