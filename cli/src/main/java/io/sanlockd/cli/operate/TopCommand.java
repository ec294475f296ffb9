package io.sanlockd.cli.operate;

import io.sanlockd.client.SanlockClient;
import io.sanlockd.client.SanlockException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sanlock top}: a live view of a daemon. */
@Command(
    name = "sanlock top",
    description = {
      "Shows lockspaces, hosts, leases and renewal latencies of a daemon, and for each lockspace"
          + " the fence forecast: in how many seconds this host would warn, stop its processes and"
          + " be reset if no renewal succeeded any more. Control-C ends it.",
      "Latency bars are logarithmic, from 1 ms to the io_timeout; ! is a renewal after which"
          + " attempts failed. Asks the daemon alone, which knows other hosts only from the disk."
    },
    footer = {
      "",
      "Exit status: 0, 1 renewals of a lockspace fail (with --once), 3 no daemon answers.",
      "",
      "Examples:",
      "  sanlock top",
      "  sanlock top --once",
      "  sanlock top --report renewals.html",
      "  sanlock top -s LS1 --report renewals.svg"
    })
final class TopCommand implements Callable<Integer> {
  private static final String ENTER = "\033[?1049h\033[?25l";
  private static final String LEAVE = "\033[?25h\033[?1049l";
  private static final String HOME = "\033[H";
  private static final String END_OF_LINE = "\033[K";
  private static final String REST_OF_SCREEN = "\033[J";
  private static final int LIMIT_SECONDS = 5;

  private final Setting setting;

  @Spec private CommandSpec spec;

  @Option(names = "--once", description = "Prints one picture and ends; for scripts and files.")
  private boolean once;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      description = "Between two pictures (${DEFAULT-VALUE}).")
  private int interval = 2;

  @Option(
      names = {"-s", "--lockspace"},
      paramLabel = "NAME",
      description = "Only this lockspace.")
  private String lockspace;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Writes the renewal history to FILE, a page (.html) or a picture (.svg).")
  private Path report;

  @Option(names = "--json", description = "As --once, but prints JSON (docs/json.md).")
  private boolean wantsJson;

  TopCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    if (interval < 1 || interval > 3600) {
      throw new ParameterException(
          spec.commandLine(), "sanlock: --interval " + interval + " is not in 1..3600");
    }
    SanlockClient client =
        new SanlockClient(setting.endpoint().withReadTimeout(LIMIT_SECONDS, TimeUnit.SECONDS));
    try {
      Snapshot first = read(client);
      if (lockspace != null && first.lockspaces().isEmpty()) {
        setting.console().error("sanlock: lockspace " + lockspace + " is not joined here");
        return ExitStatus.USAGE;
      }
      if (report != null) {
        return writeReport(first);
      }
      if (wantsJson) {
        setting.console().line(Json.document("top", status(first), json(first)));
        return status(first);
      }
      if (once || !setting.console().isTerminal()) {
        TopScreen.lines(setting.console(), first).forEach(setting.console()::line);
        return status(first);
      }
      return live(client, first);
    } catch (SanlockException e) {
      setting.console().error("sanlock: " + e.getMessage());
      return ExitStatus.USAGE;
    }
  }

  private Snapshot read(SanlockClient client) throws SanlockException {
    return Snapshot.read(
        client, Optional.ofNullable(lockspace), setting.fireTimeoutSeconds().getAsInt());
  }

  private static int status(Snapshot snapshot) {
    boolean isFailing =
        snapshot.lockspaces().stream()
            .anyMatch(l -> snapshot.forecast(l).map(FenceForecast::isWarning).orElse(false));
    return isFailing ? ExitStatus.WARNING : ExitStatus.GOOD;
  }

  private int writeReport(Snapshot snapshot) {
    try {
      RenewalReport.write(snapshot, report);
      setting.console().line("written to " + report);
      return ExitStatus.GOOD;
    } catch (IOException e) {
      setting.console().error("sanlock: no report was written: " + e.getMessage());
      return ExitStatus.USAGE;
    }
  }

  private int live(SanlockClient client, Snapshot first) throws SanlockException {
    Console console = setting.console();
    Terminal.Size size = Terminal.size();
    // The screen from before comes back however this ends.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> console.text(LEAVE), "leave"));
    console.text(ENTER);
    Snapshot snapshot = first;
    while (!console.isBroken()) {
      console.text(picture(TopScreen.lines(console, snapshot), size));
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(interval));
      snapshot = read(client);
    }
    return ExitStatus.GOOD;
  }

  private static String picture(List<String> lines, Terminal.Size size) {
    StringBuilder picture = new StringBuilder(HOME);
    int shown = Math.min(lines.size(), size.rows() - 1);
    for (String line : lines.subList(0, shown)) {
      picture
          .append(line, 0, Math.min(line.length(), size.columns()))
          .append(END_OF_LINE)
          .append("\r\n");
    }
    if (shown < lines.size()) {
      picture.append("... ").append(lines.size() - shown).append(" more lines").append(END_OF_LINE);
    }
    return picture.append(REST_OF_SCREEN).toString();
  }

  private static Object json(Snapshot snapshot) {
    List<Object> lockspaces = new ArrayList<>();
    for (LockspaceView view : snapshot.lockspaces()) {
      lockspaces.add(
          Json.object(
              "name", view.name(),
              "host_id", Json.unsigned(view.hostId()),
              "generation", view.generation(),
              "io_timeout", view.ioTimeout(),
              "phase", view.phase(),
              "leases", view.leases().size(),
              "hosts", view.hosts().size(),
              "failed_attempts", view.failures(),
              "slowest_ms", view.latencies().map(l -> l.slowest() / 1_000_000).orElse(null),
              "forecast", snapshot.forecast(view).map(FenceForecast::json).orElse(null)));
    }
    return Json.object(
        "host_name", snapshot.daemon().hostName().orElse(null),
        "monotime", snapshot.daemon().nowSeconds(),
        "lockspaces", lockspaces);
  }
}
