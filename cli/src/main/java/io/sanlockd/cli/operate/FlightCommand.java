package io.sanlockd.cli.operate;

import io.sanlockd.model.flight.EventKind;
import io.sanlockd.model.flight.FlightLife;
import io.sanlockd.model.flight.FlightRecord;
import io.sanlockd.model.flight.FlightScan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sanlock flight}: what the daemon knew in the minutes before the host was reset. */
@Command(
    name = "sanlock flight",
    description = {
      "Shows the flight record: what happened in the daemon before it, or the whole host, went"
          + " down. Reads a file only, so it works while the daemon runs, after it has died, and on"
          + " a copy from another host.",
      "Without --life it shows the last life of the daemon that was cut short, or the present one"
          + " when there is none. After a reset everything up to the last second or two is there,"
          + " unless the local disk was sick, too."
    },
    footer = {
      "",
      "Exit status: 0 shown, 1 shown, but the file is damaged in parts, 3 there is nothing to show.",
      "",
      "Examples:",
      "  sanlock flight",
      "  sanlock flight --since 1h --lockspace LS1",
      "  sanlock flight --file /tmp/flight-of-node7 --life 2 --since all"
    })
final class FlightCommand implements Callable<Integer> {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhd]?)");
  private static final String ALL = "all";
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);
  private static final int LOOKS = 3;
  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Setting setting;
  private final SystemFiles system;

  @Spec private CommandSpec spec;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Another file than that of this host's daemon.")
  private String file = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "How far back from the last record, in seconds or with m, h, d behind it; all for"
              + " everything (${DEFAULT-VALUE}).")
  private String since = "10m";

  @Option(
      names = "--lockspace",
      paramLabel = "NAME",
      description = "Only what is about this lockspace or about none.")
  private String lockspace = "";

  @Option(
      names = "--life",
      paramLabel = "N",
      description = "Another life of the daemon, by its number in the list; 0 the newest.")
  private Integer lifeNumber;

  @Option(names = "--no-log", description = "Without lines of the log.")
  private boolean withoutLog;

  @Option(names = "--json", description = "Prints JSON (docs/json.md).")
  private boolean wantsJson;

  FlightCommand(Setting setting, SystemFiles system) {
    this.setting = setting;
    this.system = system;
  }

  @Override
  public Integer call() {
    Predicate<FlightRecord> wanted = aboutWanted();
    long sinceSeconds = sinceSeconds();
    Path path = Path.of(file.isEmpty() ? setting.flightFile().get() : file);
    FlightScan scan;
    try {
      scan = read(path);
    } catch (NoSuchFileException e) {
      return failed(
          path,
          "there is no such file: no daemon has run here that keeps a flight record, or it lies"
              + " elsewhere (flight_record_file in sanlock.conf, --file)");
    } catch (IOException e) {
      return failed(path, e instanceof FileSystemException ? e.toString() : e.getMessage());
    }
    List<FlightLifeStory> lives = FlightLifeStory.of(scan.records(), present());
    if (lives.isEmpty()) {
      return failed(path, "it holds no record");
    }
    int shown = choose(lives);
    FlightLifeStory story = lives.get(shown);
    long from = story.last().monotonicNanos() - TimeUnit.SECONDS.toNanos(sinceSeconds);
    List<FlightRecord> records =
        story.records().stream()
            .filter(record -> sinceSeconds < 0 || record.monotonicNanos() >= from)
            .filter(wanted)
            .toList();
    boolean damaged = scan.damaged() > 0 || scan.missingBytes() > 0;
    int status = damaged ? ExitStatus.WARNING : ExitStatus.GOOD;
    if (wantsJson) {
      setting
          .console()
          .line(Json.document("flight", status, json(path, scan, lives, shown, records)));
    } else {
      print(path, scan, lives, shown, records);
    }
    return status;
  }

  private int failed(Path path, String reason) {
    setting.console().error("sanlock: flight record " + path + ": " + reason);
    return ExitStatus.USAGE;
  }

  /** A record that is being written while it is read looks damaged, but only once. */
  private static FlightScan read(Path path) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException("it is no regular file");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      FlightScan scan = FlightScan.read(channel);
      for (int look = 1; look < LOOKS && scan.damaged() > 0; look++) {
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        scan = FlightScan.read(channel);
      }
      return scan;
    }
  }

  private Predicate<FlightRecord> aboutWanted() {
    String bytes = Bytes.of(lockspace);
    return record ->
        (lockspace.isEmpty()
                || record.lockspace().isEmpty()
                || record.lockspace().text().equals(bytes))
            && !(withoutLog && isLog(record));
  }

  private static boolean isLog(FlightRecord record) {
    return record.event().map(EventKind::ring).equals(Optional.of(EventKind.Ring.LOG));
  }

  /** Seconds, -1 for all. */
  private long sinceSeconds() {
    if (since.equals(ALL)) {
      return -1;
    }
    Matcher matcher = DURATION.matcher(since);
    if (!matcher.matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "sanlock: --since " + since + " is neither a time like 90, 5m, 2h or 1d nor all");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "m" -> TimeUnit.MINUTES.toSeconds(number);
      case "h" -> TimeUnit.HOURS.toSeconds(number);
      case "d" -> TimeUnit.DAYS.toSeconds(number);
      default -> number;
    };
  }

  private FlightLifeStory.Present present() {
    UUID boot = FlightLife.NO_BOOT;
    try {
      boot = system.text("/proc/sys/kernel/random/boot_id").map(UUID::fromString).orElse(boot);
    } catch (IllegalArgumentException e) {
      // Unknown, like a missing one.
    }
    OptionalLong bootMillis =
        system
            .line("/proc/stat", "btime ")
            .filter(text -> text.matches("[0-9]{1,12}"))
            .map(text -> OptionalLong.of(TimeUnit.SECONDS.toMillis(Long.parseLong(text))))
            .orElse(OptionalLong.empty());
    return new FlightLifeStory.Present(
        boot,
        bootMillis,
        pid -> system.text("/proc/" + pid + "/cmdline").orElse("").contains("SanlockDaemon"));
  }

  private int choose(List<FlightLifeStory> lives) {
    if (lifeNumber != null) {
      if (lifeNumber < 0 || lifeNumber > lives.size()) {
        throw new ParameterException(
            spec.commandLine(), "sanlock: --life " + lifeNumber + " is not in 0.." + lives.size());
      }
      return lifeNumber == 0 ? lives.size() - 1 : lifeNumber - 1;
    }
    for (int i = lives.size() - 1; i >= 0; i--) {
      if (lives.get(i).cutShort()) {
        return i;
      }
    }
    return lives.size() - 1;
  }

  private void print(
      Path path,
      FlightScan scan,
      List<FlightLifeStory> lives,
      int shown,
      List<FlightRecord> records) {
    Console console = setting.console();
    console.line("flight record " + path + ", " + scan.records().size() + " records");
    if (scan.damaged() > 0) {
      console.line(scan.damaged() + " more are damaged and left out");
    }
    if (scan.missingBytes() > 0) {
      console.line("the file is cut off: " + scan.missingBytes() + " bytes are missing");
    }
    for (int i = 0; i < lives.size(); i++) {
      FlightLifeStory life = lives.get(i);
      console.line(
          String.format(
              Locale.ROOT,
              "%s life %d  %s  pid %d  boot %.8s  %s",
              i == shown ? ">" : " ",
              i + 1,
              span(life),
              life.life().pid(),
              life.life().boot(),
              life.end().text()));
    }
    FlightLifeStory story = lives.get(shown);
    console.line("");
    FlightVerdict.of(story).forEach(sentence -> console.paragraph("", sentence, ""));
    console.line("Seconds count back from the last record of this life:");
    console.line("");
    for (FlightTimeline.Line line : FlightTimeline.of(records)) {
      console.entry(
          String.format(
              Locale.ROOT,
              "%s %9.1f  %-8s  ",
              TIME.format(Instant.ofEpochMilli(line.record().wallMillis())),
              secondsToEnd(story, line.record()),
              Bytes.toUnicode(line.record().lockspace().text())),
          line.text(),
          " ".repeat(36));
    }
    if (story.bootMillis().isPresent()) {
      long boot = story.bootMillis().getAsLong();
      console.line(
          String.format(
              Locale.ROOT,
              "%s %+9.1f            the host is started again",
              TIME.format(Instant.ofEpochMilli(boot)),
              (boot - story.last().wallMillis()) / MILLIS));
    }
  }

  private static String span(FlightLifeStory life) {
    return DATE.format(Instant.ofEpochMilli(life.life().startMillis()))
        + " to "
        + DATE.format(Instant.ofEpochMilli(life.last().wallMillis()));
  }

  /** Not above 0; the time spent suspended counts. */
  private static double secondsToEnd(FlightLifeStory story, FlightRecord record) {
    return (record.sinceBootNanos() - story.last().sinceBootNanos()) / NANOS;
  }

  private static Object json(
      Path path,
      FlightScan scan,
      List<FlightLifeStory> lives,
      int shown,
      List<FlightRecord> records) {
    return Json.object(
        "file", path.toString(),
        "damaged_records", scan.damaged(),
        "missing_bytes", scan.missingBytes(),
        "lives", lives.stream().map(FlightCommand::json).toList(),
        "shown_life", shown + 1,
        "verdict", FlightVerdict.of(lives.get(shown)),
        "records",
            records.stream()
                .map(record -> json(lives.get(shown), record))
                .collect(Collectors.toList()));
  }

  private static Object json(FlightLifeStory life) {
    return Json.object(
        "start_ms", life.life().startMillis(),
        "last_ms", life.last().wallMillis(),
        "pid", life.life().pid(),
        "boot_id", life.life().boot().toString(),
        "end", life.end().name(),
        "next_boot_ms", life.bootMillis().isPresent() ? life.bootMillis().getAsLong() : null);
  }

  private static Object json(FlightLifeStory story, FlightRecord record) {
    return Json.object(
        "sequence", record.sequence(),
        "kind", record.event().map(EventKind::name).orElse(Integer.toString(record.kind())),
        "wall_ms", record.wallMillis(),
        "monotonic_ns", record.monotonicNanos(),
        "suspended_ns", record.suspendedNanos(),
        "seconds_to_end", secondsToEnd(story, record),
        "lockspace", Bytes.toUnicode(record.lockspace().text()),
        "text", FlightSentences.text(record),
        "a", record.a(),
        "b", record.b(),
        "c", record.c(),
        "says", FlightSentences.of(record));
  }
}
