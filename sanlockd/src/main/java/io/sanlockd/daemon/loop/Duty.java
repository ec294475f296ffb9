package io.sanlockd.daemon.loop;

/**
 * The periodic work of the loop's thread: supervision of our own leases. It has precedence over all
 * client traffic and runs for the first time as soon as the loop does.
 */
@FunctionalInterface
public interface Duty {
  /**
   * Does the work of one round, without waiting for anything. An exception ends the loop.
   *
   * @return milliseconds until the next call, measured from the end of this one; at least 1 is used
   */
  int run();
}
