package io.sanlockd.daemon.watchdog;

import io.sanlockd.lease.LeaseException;

/**
 * The protection of one lockspace, from its join to the end of its renewal thread. Times are
 * monotonic seconds.
 */
public interface WatchdogSession {
  /** The session of a lockspace that nothing protects. */
  WatchdogSession NONE =
      new WatchdogSession() {
        @Override
        public void activate(long renewalSeconds) {}

        @Override
        public void renewed(long renewalSeconds) {}

        @Override
        public boolean deactivate() {
          return true;
        }

        @Override
        public boolean armed() {
          return false;
        }

        @Override
        public boolean lost() {
          return false;
        }

        @Override
        public void close() {}
      };

  /**
   * Arms the watchdog: from now on the host is reset unless renewals go on. Renewal thread; may
   * wait some seconds.
   *
   * @param renewalSeconds time before the write that last renewed or took our delta lease
   * @throws LeaseException -203 when it is not certain that the watchdog protects us; the session
   *     may be armed nevertheless and is to be deactivated
   */
  void activate(long renewalSeconds) throws LeaseException;

  /**
   * Our delta lease was renewed: moves the expiry on, unless the session was deactivated or never
   * activated. Renewal thread; never waits.
   *
   * @param renewalSeconds time <em>before</em> the write
   */
  void renewed(long renewalSeconds);

  /**
   * Disarms the watchdog for ever; only when no process can use the lockspace any more. A renewal
   * that ends at this moment can not arm it again. Any thread; never waits.
   *
   * @return false when the watchdog daemon did not take the message: to be called again
   */
  boolean deactivate();

  /** Whether the host is reset unless renewals go on. Any thread; never waits. */
  boolean armed();

  /** Whether an armed session has lost the watchdog daemon. Any thread; never waits. */
  boolean lost();

  /**
   * Closes the connection. Closing an armed one is fatal for the host by design. Renewal thread.
   */
  void close();
}
