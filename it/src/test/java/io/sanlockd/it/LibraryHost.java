package io.sanlockd.it;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.lease.HostUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A host with our daemon as the contracts of the lease library want it. */
record LibraryHost(Daemon daemon) implements HostUnderTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Starts the daemon in a run directory that exists. */
  static LibraryHost start(Path runDirectory) throws Exception {
    String name = runDirectory.getFileName().toString();
    return new LibraryHost(Daemon.start(Peers.tested(), runDirectory.getParent(), name));
  }

  @Override
  public Endpoint endpoint() {
    return Endpoint.ofRunDirectory(daemon.runDirectory().toString())
        .withReadTimeout(60, TimeUnit.SECONDS);
  }

  @Override
  public long daemonPid() {
    return daemon.pid();
  }

  @Override
  public void killDaemon() {
    daemon.kill9();
    int unused = daemon.awaitExit(LIMIT);
  }

  @Override
  public void close() {
    daemon.close();
  }
}
