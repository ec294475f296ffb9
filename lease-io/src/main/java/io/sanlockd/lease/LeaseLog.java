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
}
