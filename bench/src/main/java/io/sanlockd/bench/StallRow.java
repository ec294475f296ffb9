package io.sanlockd.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What our daemon counts itself, collections included: the longest times under load for which it
 * was deaf or late. To be asked for with many seconds.
 */
final class StallRow implements Row {
  @Override
  public String name() {
    return "stall";
  }

  @Override
  public boolean isPossible(Program program) {
    return program == Program.OURS;
  }

  @Override
  public boolean takesLong() {
    return true;
  }

  /** A daemon keeps the longest time of its life. */
  @Override
  public int rounds(int asked) {
    return 1;
  }

  @Override
  public List<Figure> measure(Stand stand, Duration time) throws Exception {
    Site site = stand.site();
    try (Storage storage = site.storage(Stand.areas());
        Stand loaded =
            Stand.start(
                site, stand.program(), storage, "stall", "--metrics-socket", "metrics.sock")) {
      PairsRow.run(loaded.client(), loaded.leases(), time);
      String metrics = metrics(loaded);
      return List.of(
          longest("turn of the main loop", "main_loop_longest_turn", metrics),
          longest("delay of supervision", "supervision_longest_delay", metrics),
          longest("delay of a renewal", "lockspace_renewal_longest_delay", metrics));
    }
  }

  private static String metrics(Stand stand) throws IOException {
    return Shell.run(
        "env",
        "SANLOCK_RUN_DIR=" + stand.daemon().runDirectory(),
        stand.program().path(stand.site().tree()).toString(),
        "client",
        "metrics");
  }

  private static Figure longest(String what, String family, String metrics) throws IOException {
    String begin = "sanlockd_" + family + "_seconds";
    for (String line : metrics.split("\n", -1)) {
      if (line.startsWith(begin)) {
        double seconds = Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        return new Figure(
            new Metric(
                "longest " + what + ", " + Stand.LEASES + " clients", "ms", new Goal.AtMost(20)),
            1e3 * seconds);
      }
    }
    throw new IOException("no " + begin + " among the metrics");
  }
}
