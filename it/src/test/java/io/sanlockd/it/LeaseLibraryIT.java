package io.sanlockd.it;

import io.sanlockd.client.Endpoint;
import io.sanlockd.client.lease.HostUnderTest;
import io.sanlockd.client.lease.LeaseContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The lease library of client-lib on hosts with our daemon; its own tests use the C daemon. */
class LeaseLibraryIT extends LeaseContract {
  @Override
  protected HostUnderTest start(Path runDirectory, String hostName) throws Exception {
    Path parent = runDirectory.getParent();
    String name = runDirectory.getFileName().toString();
    return new Host(Daemon.start(Peers.tested(), parent, name));
  }

  @Override
  protected Path sanlock() {
    return Peers.tested().program();
  }

  /** A daemon as the contract wants it. */
  private record Host(Daemon daemon) implements HostUnderTest {
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
      int unused = daemon.awaitExit(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
      daemon.close();
    }
  }
}
