package io.sanlockd.daemon.boot;

import io.sanlockd.daemon.exposition.Endpoint;
import io.sanlockd.daemon.exposition.ScrapeServer;
import io.sanlockd.daemon.exposition.Sources;
import io.sanlockd.daemon.work.MainLoop;
import io.sanlockd.lease.LeaseLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Serves metrics where that is wanted. Not used, and so not loaded, where it is not. */
final class Monitoring {
  private static final Path OWN_PROCESS = Path.of("/proc/self");

  private Monitoring() {}

  /**
   * Starts the server. A failure is logged and changes nothing else.
   *
   * @param uid owner of the socket, -1 = leave
   * @param gid group of the socket, -1 = leave
   */
  static Optional<ScrapeServer> start(
      DaemonOptions options,
      RunDirectory runDirectory,
      int uid,
      int gid,
      Sources sources,
      MainLoop mainLoop,
      LeaseLog log) {
    List<Endpoint> endpoints = new ArrayList<>();
    options.metricsSocket.ifPresent(
        socket -> {
          Path path = Path.of(runDirectory.path()).resolve(socket);
          endpoints.add(new Endpoint.UnixSocket(path, uid, gid));
        });
    if (options.metricsPort != 0) {
      endpoints.add(new Endpoint.Loopback(options.metricsPort));
    }
    try {
      return Optional.of(ScrapeServer.start(endpoints, sources, mainLoop, OWN_PROCESS, log));
    } catch (IOException e) {
      log.error("metrics are not served: " + e.getMessage());
      return Optional.empty();
    }
  }
}
