package io.sanlockd.it;

import io.sanlockd.client.lease.HostUnderTest;
import io.sanlockd.client.lease.LeaseRecipeContract;
import java.nio.file.Path;

/**
 * What is built on leases of the client library on hosts with our daemon; its own tests use the C
 * daemon.
 */
class LeaseRecipeLibraryIT extends LeaseRecipeContract {
  @Override
  protected HostUnderTest start(Path runDirectory, String hostName) throws Exception {
    return LibraryHost.start(runDirectory);
  }

  @Override
  protected Path sanlock() {
    return Peers.tested().program();
  }
}
