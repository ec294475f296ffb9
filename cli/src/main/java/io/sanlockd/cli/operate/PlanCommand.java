package io.sanlockd.cli.operate;

import io.sanlockd.lease.LeaseTimes;
import io.sanlockd.model.FireTimeout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sanlock plan}: what follows from an io_timeout, or which one an outage needs. */
@Command(
    name = "sanlock plan",
    description = {
      "Shows when what happens after a host has lost its storage: warnings, the end of processes,"
          + " the reset by the watchdog, the takeover by other hosts. Needs no daemon.",
      "With --outage alone it finds the io_timeout with which an outage of that length is survived."
    },
    footer = {
      "",
      ExitStatus.TEXT,
      "",
      "Examples:",
      "  sanlock plan --io-timeout 10",
      "  sanlock plan --outage 60            which io_timeout survives a failover of one minute",
      "  sanlock plan --io-timeout 5 --outage 30 --fire-timeout 30"
    })
final class PlanCommand implements Callable<Integer> {
  private static final int MAX_GRACE_SECONDS = 60;
  private static final int MAX_FIRE_SECONDS = 3600;
  private static final int NOT_GIVEN = -1;

  private final Setting setting;

  @Spec private CommandSpec spec;

  @Option(
      names = {"--io-timeout", "-o"},
      paramLabel = "SECONDS",
      description = "Limit of one disk operation, 1 to 255.")
  private int ioTimeout = NOT_GIVEN;

  @Option(
      names = "--outage",
      paramLabel = "SECONDS",
      description = "How long storage may be away without harm.")
  private int outage = NOT_GIVEN;

  @Option(
      names = "--fire-timeout",
      paramLabel = "SECONDS",
      description =
          "From the last ping of a watchdog to the reset; watchdog_fire_timeout of sanlock.conf"
              + " when not given. All hosts must have the same.")
  private int fireTimeout = NOT_GIVEN;

  @Option(
      names = {"--grace", "-g"},
      paramLabel = "SECONDS",
      description =
          "From the loss of a lease to SIGKILL, 0 to 60; what the daemon uses by itself"
              + " when not given.")
  private int grace = NOT_GIVEN;

  @Option(names = "--no-watchdog", description = "As with 'sanlock daemon -w 0'.")
  private boolean noWatchdog;

  @Option(names = "--json", description = "Prints JSON (docs/json.md).")
  private boolean wantsJson;

  PlanCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    check();
    int fire = fireTimeout == NOT_GIVEN ? setting.fireTimeoutSeconds().getAsInt() : fireTimeout;
    boolean isReverse = ioTimeout == NOT_GIVEN;
    int io = isReverse ? FailurePlan.ioTimeoutFor(outage, fire, !noWatchdog) : ioTimeout;
    if (io > LeaseTimes.MAX_IO_TIMEOUT) {
      throw usage(
          "no io_timeout up to "
              + LeaseTimes.MAX_IO_TIMEOUT
              + " survives an outage of "
              + outage
              + " s for sure");
    }
    int kill = grace == NOT_GIVEN ? FireTimeout.graceSeconds(fire) : grace;
    FailurePlan plan = FailurePlan.of(io, fire, kill, !noWatchdog);
    int status = status(plan);
    if (wantsJson) {
      setting.console().line(Json.document("plan", status, json(plan)));
    } else {
      print(plan, isReverse);
    }
    return status;
  }

  private void check() {
    if (ioTimeout == NOT_GIVEN && outage == NOT_GIVEN) {
      throw usage("give --io-timeout, or --outage to find one");
    }
    checkRange("--io-timeout", ioTimeout, 1, LeaseTimes.MAX_IO_TIMEOUT);
    checkRange("--outage", outage, 1, Integer.MAX_VALUE / 8);
    checkRange("--fire-timeout", fireTimeout, 1, MAX_FIRE_SECONDS);
    checkRange("--grace", grace, 0, MAX_GRACE_SECONDS);
  }

  private void checkRange(String name, int value, int least, int most) {
    boolean isGiven = spec.commandLine().getParseResult().hasMatchedOption(name);
    if (isGiven && (value < least || value > most)) {
      throw usage(name + " " + value + " is not in " + least + ".." + most);
    }
  }

  private ParameterException usage(String text) {
    return new ParameterException(spec.commandLine(), "sanlock: " + text);
  }

  private int status(FailurePlan plan) {
    if (!plan.problems().isEmpty()) {
      return plan.watchdog() ? ExitStatus.BAD : ExitStatus.WARNING;
    }
    return outage != NOT_GIVEN && outage > plan.surelySurvived()
        ? ExitStatus.WARNING
        : ExitStatus.GOOD;
  }

  private void print(FailurePlan plan, boolean isReverse) {
    Console console = setting.console();
    if (isReverse) {
      console.line(
          "An outage of "
              + outage
              + " s is survived for sure with io_timeout "
              + plan.times().ioTimeout()
              + " and more.");
      console.line("");
    }
    console.paragraph(
        "",
        "io_timeout "
            + plan.times().ioTimeout()
            + " s, "
            + (plan.watchdog()
                ? "watchdog_fire_timeout "
                    + plan.times().fireTimeout()
                    + " s (wdmd tests every "
                    + plan.testInterval()
                    + " s)"
                : "no watchdog")
            + ", kill_grace_seconds "
            + plan.graceSeconds()
            + ". Seconds since the last renewal:",
        "");
    console.line("");
    for (FailurePlan.Event event : plan.events()) {
      console.paragraph(
          String.format(Locale.ROOT, "%13s  ", when(event)), event.what(), " ".repeat(15));
    }
    console.line("");
    new PlanDrawing(plan, console, Math.max(0, outage)).lines().forEach(console::line);
    console.line("");
    conclusions(plan).forEach(line -> console.paragraph("", line, "  "));
  }

  private static String when(FailurePlan.Event event) {
    String from = FailurePlan.number(event.from());
    return event.from() == event.to() ? from : from + " - " + FailurePlan.number(event.to());
  }

  private List<String> conclusions(FailurePlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Outages of up to "
            + plan.surelySurvived()
            + " s are survived whenever they begin; of "
            + plan.surelyLost()
            + " s and more never; in between it depends on the moment.");
    if (outage != NOT_GIVEN) {
      lines.add("Outage of " + outage + " s: " + fate(plan) + ".");
    }
    if (plan.watchdog()) {
      lines.add(
          "The reset comes before second "
              + plan.resetBefore()
              + ", the first takeover not before second "
              + plan.takeoverFrom()
              + ", if all hosts have the same watchdog_fire_timeout.");
    }
    plan.problems().forEach(problem -> lines.add("Problem: " + problem + "."));
    return lines;
  }

  private String fate(FailurePlan plan) {
    if (outage <= plan.surelySurvived()) {
      return "nothing is lost";
    }
    if (outage < plan.surelyLost()) {
      return "may cost the lease when it begins shortly before a renewal; io_timeout "
          + FailurePlan.ioTimeoutFor(outage, plan.times().fireTimeout(), plan.watchdog())
          + " would be safe";
    }
    if (outage < plan.sigkill()) {
      return "processes that use leases get SIGTERM";
    }
    return plan.watchdog() && outage >= plan.resetFrom()
        ? "processes that use leases are killed, or the host is reset"
        : "processes that use leases are killed";
  }

  private Object json(FailurePlan plan) {
    List<Object> events = new ArrayList<>();
    for (FailurePlan.Event event : plan.events()) {
      events.add(Json.object("from", event.from(), "to", event.to(), "what", event.what()));
    }
    return Json.object(
        "io_timeout", plan.times().ioTimeout(),
        "fire_timeout", plan.times().fireTimeout(),
        "kill_grace_seconds", plan.graceSeconds(),
        "test_interval", plan.testInterval(),
        "watchdog", plan.watchdog(),
        "warn", plan.warn(),
        "lost", plan.lost(),
        "sigkill", plan.sigkill(),
        "reset_from", plan.watchdog() ? plan.resetFrom() : null,
        "reset_before", plan.watchdog() ? plan.resetBefore() : null,
        "takeover_from", plan.takeoverFrom(),
        "takeover_to", plan.takeoverTo(),
        "outage_survived", plan.surelySurvived(),
        "outage_lost", plan.surelyLost(),
        "outage", outage == NOT_GIVEN ? null : outage,
        "events", events,
        "problems", plan.problems());
  }
}
