package io.sanlockd.it;

import io.sanlockd.client.lease.HostUnderTest;
import io.sanlockd.client.lease.LeaseContract;
import java.nio.file.Path;

/** Leases of the client library on hosts with our daemon; its own tests use the C daemon. */
class LeaseLibraryIT extends LeaseContract {
  @Override
  protected HostUnderTest start(Path runDirectory, String hostName) throws Exception {
    return LibraryHost.start(runDirectory);
  }

  @Override
  protected Path sanlock() {
    return Peers.tested().program();
  }
}
