package io.sanlockd.sim;

import io.sanlockd.lease.fixture.CLikeLease.UnsafeStep;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code ./simulate}. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description =
        "Plays hosts that share storage and meet every misfortune, and watches that no lease has two owners.")
public final class Simulate implements Callable<Integer> {
  private static final int TRACE_LINES = 400;
  private static final long PROGRESS_MILLIS = 5000;

  @Option(
      names = "--seed",
      description = "The one world to play; shows its last events when it fails.")
  private Long seed;

  @Option(names = "--seeds", description = "The worlds to play, as FIRST..LAST.")
  private String seeds = "1..1000";

  @Option(names = "--hosts", description = "Hosts, 2..8; 0 = 2 to 5 by seed.")
  private int hosts;

  @Option(names = "--c-hosts", description = "How many of them behave as the C program does.")
  private int cHosts;

  @Option(
      names = "--c-safe",
      split = ",",
      description = "Unsafe steps that C-like hosts do not take: ${COMPLETION-CANDIDATES}.")
  private Set<UnsafeStep> avoided = EnumSet.noneOf(UnsafeStep.class);

  @Option(
      names = "--faults",
      description =
          "calm, delays, storage, pauses, crashes, everything, deaths, orphans, relapses, resizes,"
              + " duels, stale-reads, stragglers, erasures; mixed = one of the first six by seed.")
  private String faults = "mixed";

  @Option(
      names = "--steps",
      description = "How many things happen until the faults stop; 0 = 3000, in duels 400.")
  private long steps;

  @Option(
      names = "--full",
      description = "Uses all host blocks of a lease, as by default, instead of 8; slower.")
  private boolean full;

  @Option(names = "--trace", description = "Lines of the trace of a failure; 0 = none.")
  private int traceLines = TRACE_LINES;

  @Option(
      names = "--keep-going",
      description = "Counts violations instead of stopping at the first.")
  private boolean keepGoing;

  @Spec private CommandSpec spec;

  private final PrintStream out = System.out;
  private final Totals totals = new Totals();

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Simulate()).execute(arguments));
  }

  @Override
  public Integer call() {
    if (!Profile.named(faults).isPresent() && !faults.equals("mixed")) {
      throw new ParameterException(spec.commandLine(), "unknown profile " + faults);
    }
    if (hosts < 0
        || hosts > Names.NUM_HOSTS
        || hosts == 1
        || cHosts < 0
        || cHosts > Names.NUM_HOSTS) {
      throw new ParameterException(spec.commandLine(), "there are 2 to 8 hosts");
    }
    if (steps < 0 || !seeds.matches("[0-9]{1,18}(\\.\\.[0-9]{1,18})?")) {
      throw new ParameterException(spec.commandLine(), "--seeds FIRST..LAST, --steps 0 or more");
    }
    String[] range = (seed != null ? seed.toString() : seeds).split("\\.\\.", -1);
    long first = Long.parseLong(range[0]);
    long last = Long.parseLong(range[range.length - 1]);
    Simulation simulation = new Simulation();
    long nextProgress = System.currentTimeMillis() + PROGRESS_MILLIS;
    for (long s = first; s <= last; s++) {
      Simulation.Result result = simulation.run(plan(s), new Trace(0));
      totals.add(result);
      if (result.violation().isPresent()) {
        report(simulation, s, result);
        if (!keepGoing) {
          break;
        }
      }
      if (System.currentTimeMillis() > nextProgress) {
        nextProgress += PROGRESS_MILLIS;
        out.println("seed " + s + ": " + totals);
      }
    }
    out.println(totals);
    return totals.violations() == 0 ? 0 : 1;
  }

  private World.Plan plan(long s) {
    int count = hosts != 0 ? hosts : Math.max(cHosts, 2 + (int) (s % 4));
    Profile profile =
        Profile.named(faults).orElseGet(() -> Profile.ALL[(int) (s / 4 % Profile.ALL.length)]);
    World.Plan plan =
        new World.Plan(
                s,
                count,
                Math.min(cHosts, count),
                profile,
                steps != 0 ? steps : profile.usualSteps())
            .avoiding(avoided);
    return full ? plan.withFullAreas() : plan;
  }

  /**
   * Plays the worlds of some seeds.
   *
   * @param faults name of a profile, or {@code mixed}
   * @param hosts 0 = 2 to 5 by seed
   * @param cHosts how many of them are C-like
   * @return what goes wrong first
   */
  public static Optional<String> firstViolation(
      String faults, int hosts, int cHosts, long first, long last) {
    Simulate command = new Simulate();
    command.faults = faults;
    command.hosts = hosts;
    command.cHosts = cHosts;
    Simulation simulation = new Simulation();
    for (long s = first; s <= last; s++) {
      Optional<Violation> violation = simulation.run(command.plan(s), new Trace(0)).violation();
      if (violation.isPresent()) {
        return Optional.of("seed " + s + ": " + violation.get().getMessage());
      }
    }
    return Optional.empty();
  }

  private void report(Simulation simulation, long s, Simulation.Result result) {
    World.Plan plan = plan(s);
    out.println(
        "seed "
            + s
            + " hosts "
            + plan.hosts()
            + " faults "
            + plan.profile().name()
            + ": "
            + result.violation().orElseThrow().getMessage());
    if (traceLines > 0 && !keepGoing) {
      Minimiser minimiser = new Minimiser(simulation, plan, result);
      World.Plan smallest = minimiser.minimise();
      Trace trace = new Trace(traceLines);
      Violation violation = simulation.run(smallest, trace).violation().orElseThrow();
      out.println(
          "the same with "
              + minimiser.needed()
              + " of "
              + result.struck().size()
              + " misfortunes: "
              + violation.getMessage());
      trace.lines().forEach(out::println);
    }
  }

  /** Sums over all worlds played. */
  private static final class Totals {
    private final long beganMillis = System.currentTimeMillis();
    private final Map<World.Counter, Long> counters = new EnumMap<>(World.Counter.class);
    private final Map<String, Long> violations = new TreeMap<>();
    private long worlds;
    private long steps;

    void add(Simulation.Result result) {
      worlds++;
      steps += result.steps();
      result.counters().forEach((counter, count) -> counters.merge(counter, count, Long::sum));
      result.violation().ifPresent(v -> violations.merge(v.kind(), 1L, Long::sum));
    }

    long violations() {
      return violations.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public String toString() {
      double seconds = Math.max(1, System.currentTimeMillis() - beganMillis) / 1000.0;
      return String.format(
          Locale.ROOT,
          "%d schedules (%.0f/s), %d steps (%.0f/s), %s, violations %s",
          worlds,
          worlds / seconds,
          steps,
          steps / seconds,
          counters.toString().toLowerCase(Locale.ROOT),
          violations);
    }
  }
}
