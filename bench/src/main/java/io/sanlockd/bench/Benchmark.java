package io.sanlockd.bench;

import io.sanlockd.bench.micro.MicroBenchmarks;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code ./benchmark}. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    description =
        "Measures our daemon and Debian's C daemon in turn on the same storage and prints ratios.")
public final class Benchmark implements Callable<Integer> {
  private static final List<String> PAIRS = List.of("pairs1", "pairs8");
  private static final long CLEAN_UP_MILLIS = TimeUnit.SECONDS.toMillis(30);

  @Option(
      names = "--rows",
      split = ",",
      description = "What to measure; default everything: ${DEFAULT-VALUE}.")
  private List<String> rows = Rows.names();

  @Option(
      names = "--storage",
      split = ",",
      description = "Where: file, loop512, loop4096, tmpfs, zram; default ${DEFAULT-VALUE}.")
  private List<String> storages = List.of("tmpfs");

  @Option(
      names = "--pairs-on",
      split = ",",
      description = "Further storage, on which only pairs1 and pairs8 are measured.")
  private List<String> pairsStorages = List.of();

  @Option(names = "--seconds", description = "Time for each measurement; default ${DEFAULT-VALUE}.")
  private int seconds = 3;

  @Option(
      names = "--rounds",
      description = "Measurements of each program, in turn; default ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--tree", description = "The packaged tree; default ${DEFAULT-VALUE}.")
  private Path tree = Path.of("packaging/target/sanlockd");

  @Option(
      names = "--directory",
      description = "Where files of storage are made; default ${DEFAULT-VALUE}.")
  private Path directory = Path.of("/tmp");

  @Option(
      names = "--micro",
      description = "Measures nothing of this but parts of our code alone, with JMH.")
  private boolean micro;

  @Option(names = "--out", description = "Directory that gets result.md, clients.svg and idle.svg.")
  private Path out;

  @Spec private CommandSpec spec;

  private final PrintStream console;
  private Report report;

  /** By file name; of the first storage. */
  private final Map<String, Plot> plots =
      Map.of(
          "clients.svg",
          new Plot(
              "EX acquire + release, pairs/s",
              "clients, each with a lease of its own",
              Pattern.compile("EX acquire \\+ release, (\\d+) clients?")),
          "idle.svg",
          new Plot(
              "inquire, median, ms",
              "idle registered clients",
              Pattern.compile("inquire p50, (\\d+) idle clients")));

  Benchmark(PrintStream console) {
    this.console = console;
  }

  /** Runs the command; when a signal ends it, daemons and storage are given back first. */
  public static void main(String[] arguments) {
    Thread main = Thread.currentThread();
    Thread onSignal = new Thread(() -> end(main));
    Runtime.getRuntime().addShutdownHook(onSignal);
    int status = commandLine(System.out).execute(arguments);
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The signal came; it ends the process once this thread is over.
      return;
    }
    System.exit(status);
  }

  private static void end(Thread main) {
    main.interrupt();
    try {
      main.join(CLEAN_UP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command, printing its result to {@code console}. */
  static CommandLine commandLine(PrintStream console) {
    return new CommandLine(new Benchmark(console));
  }

  @Override
  public Integer call() throws Exception {
    if (micro) {
      MicroBenchmarks.run();
      return 0;
    }
    List<Row> chosen;
    List<Row> pairs;
    List<StorageKind> kinds;
    List<StorageKind> pairsKinds;
    try {
      chosen = rows.stream().map(Rows::named).toList();
      pairs = PAIRS.stream().map(Rows::named).toList();
      kinds = storages.stream().map(StorageKind::named).toList();
      pairsKinds = pairsStorages.stream().map(StorageKind::named).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (seconds < 1 || seconds > 3600 || rounds < 1 || rounds > 1000) {
      throw new ParameterException(spec.commandLine(), "--seconds is 1..3600 and --rounds 1..1000");
    }
    if (!Program.OURS.isInstalled(tree)) {
      throw new ParameterException(spec.commandLine(), "no program in " + tree);
    }
    report = new Report(Machine.description());
    console.print(report.text());
    try (WorkDirectory work = WorkDirectory.create()) {
      for (StorageKind kind : kinds) {
        measure(new Site(tree, work.path(), directory, kind), chosen);
      }
      for (StorageKind kind : pairsKinds) {
        measure(new Site(tree, work.path(), directory, kind), pairs);
      }
    } catch (InterruptedException e) {
      // Only a signal interrupts; what was measured so far has been printed.
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (out != null) {
      Files.createDirectories(out);
      Files.writeString(out.resolve("result.md"), report.text());
      for (Map.Entry<String, Plot> plot : plots.entrySet()) {
        if (plot.getValue().isDrawable()) {
          Files.writeString(out.resolve(plot.getKey()), plot.getValue().svg());
        }
      }
    }
    return 0;
  }

  private void measure(Site site, List<Row> chosen) throws Exception {
    String place = site.kind().label();
    Storage storage;
    try {
      storage = site.storage(Stand.areas());
    } catch (IOException e) {
      console.println(report.skip(place, e.getMessage()));
      return;
    }
    Map<Program, Stand> stands = new EnumMap<>(Program.class);
    try (storage) {
      for (Program program : Program.values()) {
        if (program.isInstalled(tree)) {
          stands.put(program, Stand.start(site, program, storage, place));
        }
      }
      for (Row row : chosen) {
        measure(row, place, stands);
      }
      // Closed before the storage is removed.
      stands.values().forEach(Stand::close);
      stands.clear();
    } finally {
      stands.values().forEach(Stand::close);
    }
  }

  /** One row that can not be measured must not cost the others. */
  private void measure(Row row, String place, Map<Program, Stand> stands)
      throws InterruptedException {
    List<Comparison> comparisons;
    try {
      comparisons = compare(row, place, stands);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      console.println(report.skip(place, row.name() + ": " + e));
      return;
    }
    for (Comparison comparison : comparisons) {
      console.println(report.add(comparison));
      if (place.equals(storages.get(0))) {
        plots.values().forEach(plot -> plot.add(comparison));
      }
    }
  }

  private List<Comparison> compare(Row row, String place, Map<Program, Stand> stands)
      throws Exception {
    Map<Program, Callable<List<Figure>>> measurements = new EnumMap<>(Program.class);
    stands.forEach(
        (program, stand) -> {
          if (row.isPossible(program)) {
            measurements.put(program, () -> row.measure(stand, Duration.ofSeconds(seconds)));
          }
        });
    return new Rounds(row.warmUp(), row.rounds(rounds)).measure(place, measurements);
  }
}
