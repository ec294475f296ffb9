package io.sanlockd.it;

import com.google.gson.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;

/** Processes that hold leases and tell what is done to them. */
final class Victims implements AutoCloseable {
  static final int SIGKILL = -9;
  static final int SIGTERM = -15;

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final PythonClient script;
  private final Path events;
  private final int count;

  private Victims(PythonClient script, Path events, int count) {
    this.script = script;
    this.events = events;
    this.count = count;
  }

  /** What happened to a process, and when. */
  private record Event(long nanos, int index, long pid, String text) {
    private static Event parse(String line) {
      String[] fields = line.split(" ", 4);
      return new Event(
          Long.parseLong(fields[0]),
          Integer.parseInt(fields[1]),
          Long.parseLong(fields[2]),
          fields[3]);
    }
  }

  /** Starts the processes and waits until all of them hold their leases. */
  static Victims start(Daemon daemon, Path directory, Victim... victims) throws Exception {
    Path events = Files.createTempFile(directory, "victims", ".events");
    JsonArray specs = new JsonArray();
    for (Victim victim : victims) {
      specs.add(victim.spec());
    }
    PythonClient script =
        PythonClient.start(daemon, directory, "victims.py", events, specs.toString());
    Victims started = new Victims(script, events, victims.length);
    try {
      Await.value(
          "all processes hold their leases",
          START_LIMIT,
          started::events,
          seen -> seen.stream().filter(e -> e.text.equals("ready")).count() == victims.length,
          daemon::logTail);
    } catch (Exception | AssertionError e) {
      started.close();
      throw e;
    }
    return started;
  }

  int count() {
    return count;
  }

  long pid(int index) {
    return of(index).get(0).pid;
  }

  /** When a process got SIGTERMs, in seconds of CLOCK_MONOTONIC; of those it survives. */
  List<Double> termTimes(int index) {
    return of(index).stream().filter(e -> e.text.equals("term")).map(Victims::seconds).toList();
  }

  boolean ended(int index) {
    return end(index).isPresent();
  }

  boolean allEnded() {
    return IntStream.range(0, count).allMatch(this::ended);
  }

  /** When a process ended, in seconds of CLOCK_MONOTONIC. */
  double endTime(int index) {
    return seconds(end(index).orElseThrow());
  }

  /** Exit status of a process, {@link #SIGKILL} or {@link #SIGTERM}. */
  int endStatus(int index) {
    String text = end(index).orElseThrow().text;
    return Integer.parseInt(text.substring(text.indexOf(' ') + 1));
  }

  /** Waits until a process has ended. */
  void awaitEnd(int index, Duration limit, Daemon daemon) throws Exception {
    Await.value(
        "victim " + index + " has ended",
        limit,
        () -> ended(index),
        Boolean::booleanValue,
        () -> this + "\n" + daemon.logTail());
  }

  /** Ends a process that the daemon does not. */
  void kill9(int index) throws IOException {
    Command.run(
            List.of("/bin/kill", "-KILL", Long.toString(pid(index))),
            Map.of(),
            Duration.ofSeconds(10))
        .succeeded();
  }

  @Override
  public void close() {
    // The others die with it.
    script.close();
  }

  @Override
  public String toString() {
    return String.join("\n", lines());
  }

  private Optional<Event> end(int index) {
    return of(index).stream().filter(e -> e.text.startsWith("exit ")).findFirst();
  }

  private List<Event> of(int index) {
    return events().stream().filter(e -> e.index == index).toList();
  }

  private List<Event> events() {
    return lines().stream()
        .map(Event::parse)
        .sorted(Comparator.comparingLong(Event::nanos))
        .toList();
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(events);
    } catch (IOException e) {
      return Assertions.fail("events of the victims", e);
    }
  }

  private static double seconds(Event event) {
    return event.nanos / 1e9;
  }
}
