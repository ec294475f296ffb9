package io.sanlockd.bench;

import java.time.Duration;
import java.util.List;

/** A daemon from its start until its socket answers, and what it occupies then. */
final class StartRow implements Row {
  @Override
  public String name() {
    return "start";
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    long startNanos = System.nanoTime();
    try (DaemonProcess daemon = stand.site().daemon(stand.program(), "start")) {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      daemon.awaitHelper();
      return List.of(
          new Figure(
              new Metric("daemon start to answering socket", "s", new Goal.AtMost(0.5)), seconds),
          new Figure(
              new Metric("resident memory of daemon and helper", "MiB", new Goal.None()),
              daemon.residentKib() / 1024.0));
    }
  }
}
