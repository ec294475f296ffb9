package io.sanlockd.client.lease;

import io.sanlockd.client.Endpoint;

/** A host with a daemon of either implementation, for {@link TwoHosts}. */
public interface HostUnderTest extends AutoCloseable {
  /** Where its daemon listens. */
  Endpoint endpoint();

  /** Process id of the daemon, to stop and continue it. */
  long daemonPid();

  /** Kills the daemon and waits for its end. */
  void killDaemon();

  @Override
  void close();
}
