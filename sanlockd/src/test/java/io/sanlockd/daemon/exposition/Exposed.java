package io.sanlockd.daemon.exposition;

import io.sanlockd.daemon.metrics.DurationHistogram;
import io.sanlockd.daemon.status.HelperFacts;
import io.sanlockd.daemon.work.WorkerFacts;
import io.sanlockd.daemon.world.VirtualDaemon;
import io.sanlockd.lease.Clock;
import io.sanlockd.model.LeaseName;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a daemon tells, read as a scraper reads it. */
final class Exposed {
  static final int DESCRIPTOR_LIMIT = 100;
  static final int CLIENT_DESCRIPTORS = 7;

  private Exposed() {}

  static Sources sources(VirtualDaemon daemon) {
    return sources(daemon, daemon.world().time());
  }

  static Sources sources(VirtualDaemon daemon, Clock clock) {
    return new Sources(
        LeaseName.of("a\"host"),
        false,
        DESCRIPTOR_LIMIT,
        () -> CLIENT_DESCRIPTORS,
        clock,
        daemon.lockspaces(),
        daemon.clients(),
        daemon.resources(),
        daemon.supervisor(),
        daemon.requests().stops(),
        daemon.answers(),
        new DurationHistogram(),
        () -> new HelperFacts(17, 3, 2, daemon.world().time().seconds() - 4, 5),
        () -> new WorkerFacts(8, 3, 1),
        () -> new WorkerFacts(4, 0, 0),
        () -> new Sources.DiskFacts(6, 1));
  }

  /** Samples by name and labels, as they stand in the text. */
  static Map<String, Double> samples(String text) {
    Map<String, Double> samples = new LinkedHashMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int blank = line.lastIndexOf(' ');
              Double before =
                  samples.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
              if (before != null) {
                throw new AssertionError("twice: " + line);
              }
            });
    return samples;
  }
}
