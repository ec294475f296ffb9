package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.incarnation.Machine;
import io.sanlockd.model.LeaseName;
import io.sanlockd.posix.NodeName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The name of this host in delta leases when none is configured: a UUID, a dot, and as much of the
 * node name as fits. The same after a restart, so that a daemon can know its own lease; different
 * for each machine and, as every run directory has a daemon of its own, for each of those.
 */
final class HostName {
  private HostName() {}

  /** The name of the daemon of a run directory on this machine. */
  static LeaseName of(String runDirectory) {
    return of(Machine.identity(Path.of("/")), runDirectory, NodeName.get());
  }

  /**
   * Likewise.
   *
   * @param machine its identity; empty = unknown: the name is made up
   */
  static LeaseName of(String machine, String runDirectory, String node) {
    String all = String.join("\0", machine, runDirectory, node);
    UUID uuid =
        machine.isEmpty()
            ? UUID.randomUUID()
            : UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8));
    return LeaseName.ofHost(uuid, node);
  }
}
