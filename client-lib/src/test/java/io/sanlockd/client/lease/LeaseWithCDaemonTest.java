package io.sanlockd.client.lease;

import io.sanlockd.client.CDaemon;
import java.nio.file.Path;

/** Leases on hosts with the unmodified C daemon. */
class LeaseWithCDaemonTest extends LeaseContract {
  @Override
  protected HostUnderTest start(Path runDirectory, String hostName) throws Exception {
    return CDaemon.start(runDirectory, hostName);
  }

  @Override
  protected Path sanlock() {
    return CDaemon.PROGRAM;
  }
}
